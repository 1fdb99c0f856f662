import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { User } from "../schema/identity.js";
import { SetTraitInput, TraitProfile, UpdateProfileInput, UserTrait } from "../schema/profile.js";
import { JSONObject } from "../schema/scalars.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver(() => User)
export class ProfileResolver {
  @Mutation(() => User)
  updateProfile(
    @Arg("input", () => UpdateProfileInput) input: UpdateProfileInput,
    @Ctx() context: RequestContext,
  ): Promise<User> {
    return context.services.profiles.updateProfile(signedIn(context), input);
  }

  @Mutation(() => UserTrait)
  setTrait(
    @Arg("input", () => SetTraitInput) input: SetTraitInput,
    @Ctx() context: RequestContext,
  ): Promise<UserTrait> {
    return context.services.profiles.setTrait(signedIn(context), input);
  }

  @Mutation(() => JSONObject, {
    description:
      "All that is stored about the signed-in user, opened; a mutation since it decrypts. At most five an hour, and with a fresh code where reveals need one. Over 64 MiB it is BAD_USER_INPUT.",
  })
  exportAccount(@Ctx() context: RequestContext): Promise<object> {
    return context.services.profiles.exportAccount(signedIn(context));
  }

  @Mutation(() => Boolean, {
    description:
      "Deletes the signed-in user and destroys their data key; tokens stop working at once. Organizations in which nobody else is are deleted as deleteOrganization does. FORBIDDEN for the last OWNER of one with others in it: hand it over or delete it first; also where reveals need a fresh code and none was given.",
  })
  async deleteAccount(@Ctx() context: RequestContext): Promise<boolean> {
    const isDeleted = await context.services.profiles.deleteAccount(signedIn(context));
    context.browser.dropSession();
    return isDeleted;
  }

  @FieldResolver(() => [UserTrait])
  async traits(@Root() { reader }: User, @Ctx() { loaders }: RequestContext): Promise<UserTrait[]> {
    return (await loaders.person.load(reader)).userTraits;
  }

  @FieldResolver(() => TraitProfile, { nullable: true })
  async traitProfile(@Root() { reader }: User, @Ctx() { loaders }: RequestContext): Promise<TraitProfile | null> {
    return (await loaders.person.load(reader)).traitProfile;
  }
}
