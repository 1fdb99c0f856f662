import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import {
  ConnectedAccount,
  ConnectInput,
  ConnectPayload,
  DisconnectInput,
  DisconnectPayload,
  SaveThreadInput,
  ThreadProgress,
} from "../schema/thread.js";
import type { RequestContext } from "../services/request.js";

@Resolver()
export class ThreadsResolver {
  @Query(() => ConnectedAccount, {
    nullable: true,
    description:
      "What the holder of the thread session (x-thread-session) has stored; null where nothing is connected.",
  })
  connectedAccount(@Ctx() { services, server, threadSession }: RequestContext): Promise<ConnectedAccount | null> {
    return services.threads.connectedAccount(server, threadSession);
  }

  @Mutation(() => ConnectPayload, {
    description:
      "Stores credentials encrypted under a key derived from the thread session, and opens one when none was sent.",
  })
  async connect(
    @Arg("input", () => ConnectInput) input: ConnectInput,
    @Ctx() { services, server, threadSession, browser }: RequestContext,
  ): Promise<ConnectPayload> {
    const answer = await services.threads.connect(server, threadSession, input);
    const session = answer.threadSession ?? threadSession;
    if (!input.useCookies || session === null) return answer;
    browser.keepThread(session);
    return { ...answer, threadSession: null };
  }

  @Mutation(() => ThreadProgress)
  saveThread(
    @Arg("input", () => SaveThreadInput) input: SaveThreadInput,
    @Ctx() { services, server, threadSession }: RequestContext,
  ): Promise<ThreadProgress> {
    return services.threads.saveThread(server, threadSession, input);
  }

  @Mutation(() => DisconnectPayload, {
    description: "Deletes the stored credentials (and, unless told otherwise, keeps the thread progress).",
  })
  async disconnect(
    @Arg("input", () => DisconnectInput, { nullable: true }) input: DisconnectInput | null | undefined,
    @Ctx() { services, server, threadSession, browser }: RequestContext,
  ): Promise<DisconnectPayload> {
    const forgetThread = input?.forgetThread ?? false;
    const answer = await services.threads.disconnect(server, threadSession, { forgetThread });
    // Progress that stays can only be found again by this cookie.
    if (forgetThread) browser.dropThread(threadSession);
    return answer;
  }
}
