import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import {
  AddMemberInput,
  CreateOrganizationInput,
  Member,
  Organization,
  UpdateMemberInput,
} from "../schema/organization.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver(() => Organization)
export class OrganizationsResolver {
  @Query(() => [Organization])
  organizations(@Ctx() context: RequestContext): Promise<Organization[]> {
    return context.services.organizations.organizations(signedIn(context));
  }

  @Query(() => Organization)
  organization(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<Organization> {
    return context.services.organizations.organization(signedIn(context), id);
  }

  @Mutation(() => Organization)
  createOrganization(
    @Arg("input", () => CreateOrganizationInput) { name }: CreateOrganizationInput,
    @Ctx() context: RequestContext,
  ): Promise<Organization> {
    return context.services.organizations.createOrganization(signedIn(context), name);
  }

  @Mutation(() => Member, {
    description:
      "Adds a member by phone; they are a member from their next request on. ADMIN (making an OWNER: OWNER). Answers alike for known and unknown phones.",
  })
  addMember(
    @Arg("input", () => AddMemberInput) input: AddMemberInput,
    @Ctx() context: RequestContext,
  ): Promise<Member> {
    return context.services.organizations.addMember(signedIn(context), input);
  }

  @Mutation(() => Member)
  updateMember(
    @Arg("input", () => UpdateMemberInput) { id, role }: UpdateMemberInput,
    @Ctx() context: RequestContext,
  ): Promise<Member> {
    return context.services.organizations.updateMember(signedIn(context), id, role);
  }

  @Mutation(() => Boolean, {
    description: "ADMIN (an OWNER only by OWNER); anyone may remove themselves, the last OWNER excepted.",
  })
  removeMember(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.organizations.removeMember(signedIn(context), id);
  }

  @Mutation(() => Boolean, {
    description:
      "Deletes the organization and destroys its encryption keys: nothing sealed under them can be read again. OWNER.",
  })
  deleteOrganization(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.organizations.deleteOrganization(signedIn(context), id);
  }

  @FieldResolver(() => [Member])
  members(@Root() { id, reader }: Organization, @Ctx() { loaders }: RequestContext): Promise<Member[]> {
    return loaders.members.load({ organizationId: id, reader });
  }
}
