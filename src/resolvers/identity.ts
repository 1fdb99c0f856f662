import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from "type-graphql";
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
  confirmVerification(
    @Arg("input", () => ConfirmVerificationInput) input: ConfirmVerificationInput,
    @Ctx() { server, services, userAgent }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuthPayload> {
    const tries = timesAsked(info);
    return services.verification.confirmVerification(server, input, { userAgent, tries });
  }

  @Mutation(() => AuthPayload, {
    description:
      "Rotates the refresh token. Presenting one that was rotated away revokes the whole session, unless it is the parent of the live token or was rotated within the last ten seconds: then the same successor is answered again.",
  })
  refreshSession(
    @Arg("input", () => RefreshSessionInput, { nullable: true }) input: RefreshSessionInput | null | undefined,
    @Ctx() { server, services }: RequestContext,
  ): Promise<AuthPayload> {
    return services.sessions.refreshSession(server, input?.refreshToken);
  }

  @Mutation(() => Boolean, {
    description: "Ends one session (the caller's own when id is left out). Its tokens stop working at once.",
  })
  revokeSession(
    @Arg("id", () => ID, { nullable: true }) id: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    return context.services.sessions.revokeSession(signedIn(context), id);
  }

  @FieldResolver(() => [Organization])
  organizations(@Root() { reader }: User, @Ctx() { services }: RequestContext): Promise<Organization[]> {
    return services.organizations.organizations(reader);
  }
}
