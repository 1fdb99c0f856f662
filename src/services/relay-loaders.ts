import type { Message } from "../database/contract.generated.js";
import type { Caller } from "../database/port.js";
import { createPageLoader } from "./page-loader.js";
import type { createRelay, PageStart } from "./relay.js";

type Messages = Pick<ReturnType<typeof createRelay>, "messages">;

/** A page of messages for each conversation of a request. */
export const createRelayLoaders = (relay: Messages, caller: Caller) => ({
  messages: createPageLoader<"conversationId", PageStart, Message>("conversationId", (ids, page) =>
    relay.messages(caller, ids, page),
  ),
});
