import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import {
  AuthPayload,
  ConfirmVerificationInput,
  RefreshSessionInput,
  Session,
  StartVerificationInput,
  User,
  VerificationChallenge,
} from "../schema/identity.js";
import { Organization } from "../schema/organization.js";
import { type RequestContext, signedIn } from "../services/request.js";
import { timesAsked } from "./times-asked.js";

@Resolver(() => User)
export class IdentityResolver {
  @Query(() => User, { description: "The signed-in user; UNAUTHENTICATED without a session." })
  me(@Ctx() context: RequestContext): Promise<User> {
    return context.services.sessions.me(signedIn(context));
  }

  @Query(() => String, {
    description: "A token that cookie-authenticated mutations must send in the x-csrf-token header.",
  })
  csrfToken(@Ctx() { browser }: RequestContext): string {
    return browser.csrfToken();
  }

  @Query(() => Session, {
    nullable: true,
    description: "The caller's session, or null when nobody is signed in (never an error).",
  })
  async session(@Ctx() { user, services }: RequestContext): Promise<Session | null> {
    return user && services.sessions.session(user);
  }

  @Query(() => [Session], { description: "All live sessions of the signed-in user, newest first." })
  sessions(@Ctx() context: RequestContext): Promise<Session[]> {
    return context.services.sessions.sessions(signedIn(context));
  }

  @Mutation(() => VerificationChallenge, {
    description: "Sends a one-time code by SMS. The answer is the same whether or not the phone is known.",
  })
  startVerification(
    @Arg("input", () => StartVerificationInput) { phone }: StartVerificationInput,
    @Ctx() { server, services }: RequestContext,
  ): Promise<VerificationChallenge> {
    return services.verification.startVerification(server, phone);
  }

  @Mutation(() => AuthPayload, { description: "Exchanges the code for a session. A code serves once." })
  async confirmVerification(
    @Arg("input", () => ConfirmVerificationInput) input: ConfirmVerificationInput,
    @Ctx() { server, services, user, userAgent, browser }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuthPayload> {
    const origin = { userAgent, tries: timesAsked(info), sessionId: (user?.claims?.session_id as string) ?? null };
    const signedIn = await services.verification.confirmVerification(server, input, origin);
    return input.useCookies || browser.isSignedInByCookie ? browser.keepSession(signedIn) : signedIn;
  }

  @Mutation(() => AuthPayload, {
    description:
      "Rotates the refresh token. Presenting one that was rotated away revokes the whole session, unless it is the parent of the live token or was rotated within the last ten seconds: then the same successor is answered again.",
  })
  refreshSession(
    @Arg("input", () => RefreshSessionInput, { nullable: true }) input: RefreshSessionInput | null | undefined,
    @Ctx() { server, services, browser }: RequestContext,
  ): Promise<AuthPayload> {
    const token = input?.refreshToken ?? null;
    return token === null ? browser.refreshSession() : services.sessions.refreshSession(server, token);
  }

  @Mutation(() => Boolean, {
    description: "Ends one session (the caller's own when id is left out). Its tokens stop working at once.",
  })
  async revokeSession(
    @Arg("id", () => ID, { nullable: true }) id: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    const caller = signedIn(context);
    const isEnded = await context.services.sessions.revokeSession(caller, id);
    if (!id || id.toLowerCase() === caller.claims?.session_id) context.browser.dropSession();
    return isEnded;
  }

  @Mutation(() => Int, {
    description: "Ends every session of the signed-in user but, unless told otherwise, this one; returns how many.",
  })
  async revokeAllSessions(
    @Arg("includeCurrent", () => Boolean, { defaultValue: false }) includeCurrent: boolean,
    @Ctx() context: RequestContext,
  ): Promise<number> {
    const ended = await context.services.sessions.revokeAllSessions(signedIn(context), includeCurrent);
    if (includeCurrent) context.browser.dropSession();
    return ended;
  }

  @FieldResolver(() => [Organization])
  organizations(@Root() { reader }: User, @Ctx() { services }: RequestContext): Promise<Organization[]> {
    return services.organizations.organizations(reader);
  }
}
