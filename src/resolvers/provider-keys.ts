import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { AddProviderKeyInput, ProviderKey, UpdateProviderKeyInput } from "../schema/provider-key.js";
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
    @Arg("input", () => UpdateProviderKeyInput) { id, label, active }: UpdateProviderKeyInput,
    @Ctx() context: RequestContext,
  ): Promise<ProviderKey> {
    return context.services.providerKeys.updateProviderKey(signedIn(context), id, { label, active });
  }

  @Mutation(() => Boolean, { description: "Removes the row and the vault secret in one transaction." })
  deleteProviderKey(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.providerKeys.deleteProviderKey(signedIn(context), id);
  }
}
