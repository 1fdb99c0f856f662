import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { User } from "../schema/identity.js";
import { AnswerOnboardingInput, OnboardingSession } from "../schema/onboarding.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver(() => User)
export class OnboardingResolver {
  @Mutation(() => OnboardingSession, {
    description: "Stores an answer of the onboarding conversation and moves it on.",
  })
  answerOnboarding(
    @Arg("input", () => AnswerOnboardingInput) input: AnswerOnboardingInput,
    @Ctx() context: RequestContext,
  ): Promise<OnboardingSession> {
    return context.services.onboarding.answerOnboarding(signedIn(context), input);
  }

  @FieldResolver(() => OnboardingSession, {
    nullable: true,
    description: "Open from the sign-up on; null where the server asks nothing.",
  })
  async onboarding(@Root() { reader }: User, @Ctx() { loaders }: RequestContext): Promise<OnboardingSession | null> {
    return (await loaders.person.load(reader)).onboarding;
  }
}
