import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import {
  AddProviderKeyInput,
  ProviderKey,
  QuarantinedProviderKey,
  RotateProviderKeyInput,
  UpdateProviderKeyInput,
} from "../schema/provider-key.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver()
export class ProviderKeysResolver {
  @Query(() => [ProviderKey])
  providerKeys(
    @Arg("organizationId", () => ID) organizationId: string,
    @Ctx() context: RequestContext,
  ): Promise<ProviderKey[]> {
    return context.services.providerKeys.providerKeys(signedIn(context), organizationId);
  }

  @Mutation(() => ProviderKey)
  addProviderKey(
    @Arg("input", () => AddProviderKeyInput) input: AddProviderKeyInput,
    @Ctx() context: RequestContext,
  ): Promise<ProviderKey> {
    return context.services.providerKeys.addProviderKey(signedIn(context), input);
  }

  @Mutation(() => ProviderKey)
  updateProviderKey(
    @Arg("input", () => UpdateProviderKeyInput) { id, ...changes }: UpdateProviderKeyInput,
    @Ctx() context: RequestContext,
  ): Promise<ProviderKey> {
    return context.services.providerKeys.updateProviderKey(signedIn(context), id, changes);
  }

  @Mutation(() => ProviderKey, {
    description:
      "Adds the new key, tries it upstream when asked, and deactivates the old one, all or nothing. Returns the new key.",
  })
  rotateProviderKey(
    @Arg("input", () => RotateProviderKeyInput) input: RotateProviderKeyInput,
    @Ctx() context: RequestContext,
  ): Promise<ProviderKey> {
    return context.services.providerKeys.rotateProviderKey(signedIn(context), input);
  }

  @Mutation(() => QuarantinedProviderKey, {
    description:
      "For a key that may have leaked: stops its use at once, and lists who used it. It cannot be activated until an OWNER releases it; rotateProviderKey replaces it.",
  })
  quarantineProviderKey(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String, {
      nullable: true,
      description: "Why; kept in the audit log. At most 2,000 characters.",
    })
    reason: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<QuarantinedProviderKey> {
    return context.services.providerKeys.quarantineProviderKey(signedIn(context), id, reason ?? null);
  }

  @Mutation(() => ProviderKey, {
    description: "Ends a key's quarantine; the key stays deactivated until it is activated. OWNER.",
  })
  releaseProviderKey(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String, {
      nullable: true,
      description: "Why; kept in the audit log. At most 2,000 characters.",
    })
    reason: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ProviderKey> {
    return context.services.providerKeys.releaseProviderKey(signedIn(context), id, reason ?? null);
  }

  @Mutation(() => Boolean, { description: "Removes the row and the vault secret in one transaction." })
  deleteProviderKey(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.providerKeys.deleteProviderKey(signedIn(context), id);
  }
}
