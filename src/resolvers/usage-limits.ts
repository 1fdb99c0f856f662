import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { Organization } from "../schema/organization.js";
import { SetUsageLimitsInput, UsageLimits } from "../schema/usage-limits.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver(() => Organization)
export class UsageLimitsResolver {
  @FieldResolver(() => UsageLimits, { description: "Over all provider keys of the organization." })
  usageLimits(@Root() { id, reader }: Organization, @Ctx() { loaders }: RequestContext): Promise<UsageLimits> {
    return loaders.usageLimits.load({ organizationId: id, reader });
  }

  @Mutation(() => UsageLimits, {
    description:
      "Limits what an organization may use over all its provider keys; each key can be limited further. ADMIN.",
  })
  setUsageLimits(
    @Arg("input", () => SetUsageLimitsInput) { organizationId, limits }: SetUsageLimitsInput,
    @Ctx() context: RequestContext,
  ): Promise<UsageLimits> {
    return context.services.usageLimits.setUsageLimits(signedIn(context), organizationId, limits);
  }
}
