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
  connect(
    @Arg("input", () => ConnectInput) input: ConnectInput,
    @Ctx() { services, server, threadSession }: RequestContext,
  ): Promise<ConnectPayload> {
    return services.threads.connect(server, threadSession, input);
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
  disconnect(
    @Arg("input", () => DisconnectInput, { nullable: true }) input: DisconnectInput | null | undefined,
    @Ctx() { services, server, threadSession }: RequestContext,
  ): Promise<DisconnectPayload> {
    return services.threads.disconnect(server, threadSession, input ?? { forgetThread: false });
  }
}
