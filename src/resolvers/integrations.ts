import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import {
  AddIntegrationInput,
  BeginIntegrationInput,
  Integration,
  IntegrationAuthorization,
} from "../schema/integration.js";
import { type RequestContext, signedIn } from "../services/request.js";

@Resolver()
export class IntegrationsResolver {
  @Query(() => [Integration])
  integrations(
    @Arg("organizationId", () => ID) organizationId: string,
    @Ctx() context: RequestContext,
  ): Promise<Integration[]> {
    return context.services.integrations.integrations(signedIn(context), organizationId);
  }

  @Mutation(() => Integration, { description: "Stores an OAuth token set obtained elsewhere." })
  addIntegration(
    @Arg("input", () => AddIntegrationInput) input: AddIntegrationInput,
    @Ctx() context: RequestContext,
  ): Promise<Integration> {
    return context.services.integrations.addIntegration(signedIn(context), input);
  }

  @Mutation(() => IntegrationAuthorization, {
    description: "First leg of an OAuth authorization-code flow with PKCE; send the user to the URL.",
  })
  beginIntegration(
    @Arg("input", () => BeginIntegrationInput) input: BeginIntegrationInput,
    @Ctx() context: RequestContext,
  ): Promise<IntegrationAuthorization> {
    const { integrations } = context.services;
    return integrations.beginIntegration(signedIn(context), input, context.browser.isSignedInByCookie);
  }

  @Mutation(() => Boolean)
  deleteIntegration(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<boolean> {
    return context.services.integrations.deleteIntegration(signedIn(context), id);
  }
}
