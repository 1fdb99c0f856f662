import type { Caller, Database } from "../database/port.js";
import type { Alarm } from "./alarm.js";
import { domainErrorOf, forbidden } from "./errors.js";
import type { RelayCredential } from "./relay-signature.js";

export interface IncomingMessage {
  /** The relay's own id of the message. */
  readonly messageId?: string | null | undefined;
  readonly chatGuid: string;
  readonly mode: "DIRECT" | "GROUP";
  readonly sender: string;
  readonly text: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
  /** Everyone in the chat; in a group whoever is missing has left. */
  readonly participants: readonly string[];
  /** Sent by the account that the relay runs on. */
  readonly isFromMe?: boolean | null | undefined;
}

/** Where a page begins: `after` holds the parts of a cursor that was checked. */
export interface PageStart {
  readonly limit: number;
  readonly after: readonly (string | number)[] | null;
}

/** Messages that the relay hands in, and the conversations that they make, for the participants who are users. */
export function createRelay(database: Database, alarm: Alarm) {
  return {
    /** @throws CONFLICT where the relay's webhook-id came with another body before; FORBIDDEN for anyone but the relay */
    async ingestMessage(caller: Caller, relay: RelayCredential | null, input: IncomingMessage) {
      if (!relay) throw forbidden();
      const { text, timestamp, isFromMe, ...message } = input;
      const { webhookId } = relay;
      const args = { ...message, messageText: text, sentAtSeconds: timestamp, isFromMe: isFromMe ?? false };
      const signed = webhookId === null ? {} : { webhookId, bodyHash: relay.bodyHash };
      const answer = await database.call("ingest_message", { ...args, ...signed }, caller).catch((error: unknown) => {
        // The relay never signs two bodies under one id: somebody else holds its secret, or it has lost count.
        if (domainErrorOf(error)?.code === "CONFLICT") alarm.raise({ alert: "relay_conflict" });
        throw error;
      });
      return { ...answer, reply: null };
    },

    /** The one with the newest message first; a cursor is `[lastMessageAt, id]`. */
    conversations(caller: Caller, { limit, after }: PageStart) {
      const start = after && { at: after[0], id: after[1] };
      return database.call("conversations", { first: limit - 1, after: start }, caller);
    },

    /** Of each conversation `limit` messages at most, oldest first; a cursor is `[sentAt, sequence]`. */
    messages(caller: Caller, conversationIds: readonly string[], { limit, after }: PageStart) {
      const start = after && { at: after[0], sequence: after[1] };
      return database.call("messages", { conversationIds, first: limit - 1, after: start }, caller);
    },
  };
}
