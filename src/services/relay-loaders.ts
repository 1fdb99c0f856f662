import DataLoader from "dataloader";
import type { Message } from "../database/contract.generated.js";
import type { Caller } from "../database/port.js";
import type { createRelay, PageStart } from "./relay.js";
import { mostIds } from "./table-loaders.js";

export interface MessagesKey extends PageStart {
  readonly conversationId: string;
}

type Messages = Pick<ReturnType<typeof createRelay>, "messages">;

/** A page of messages for each conversation of a request: one call for all that ask for the same page. */
export function createRelayLoaders(relay: Messages, caller: Caller) {
  const load = async (keys: readonly MessagesKey[]) => {
    const pages = new Map(keys.map((key) => [pageName(key), key]));
    const calls = [...pages].map(async ([name, page]) => {
      const ids = keys.filter((key) => pageName(key) === name).map((key) => key.conversationId);
      return [name, byConversation(await relay.messages(caller, ids, page))] as const;
    });
    const found = new Map(await Promise.all(calls));
    return keys.map((key) => found.get(pageName(key))?.get(key.conversationId) ?? []);
  };
  return { messages: new DataLoader<MessagesKey, Message[]>(load, { cache: false, maxBatchSize: mostIds }) };
}

function byConversation(messages: readonly Message[]): Map<string, Message[]> {
  const lists = new Map<string, Message[]>();
  for (const message of messages) {
    const list = lists.get(message.conversationId);
    if (list) list.push(message);
    else lists.set(message.conversationId, [message]);
  }
  return lists;
}

const pageName = ({ limit, after }: PageStart) => JSON.stringify([limit, after]);
