import type { GraphQLResolveInfo } from "graphql";
import type { RequestContext } from "./services/request.js";

const signIns = new Set(["startVerification", "confirmVerification"]);

/**
 * Around every mutation, those that are yet to be written too: a browser sends cookies with whatever page asks it to, so
 * a mutation goes on only where the request shows that the page is one of ours.
 */
export const admittedMutations = {
  async Mutation(
    resolve: (parent: unknown, args: Arguments, context: unknown, info: GraphQLResolveInfo) => Promise<unknown>,
    parent: unknown,
    args: Arguments,
    context: unknown,
    info: GraphQLResolveInfo,
  ): Promise<unknown> {
    const isSignIn = signIns.has(info.fieldName);
    const { input } = args as { input?: { useCookies?: unknown } | null };
    await (context as RequestContext).browser.admitMutation({ isSignIn, wantsCookies: input?.useCookies === true });
    return resolve(parent, args, context, info);
  },
};

type Arguments = Readonly<Record<string, unknown>>;
