import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import { type ChatCaller, type ChatInput, type ChatReply, replyOf, requestOf } from "./chat-input.js";
import { createChatMeter, outcomeOf } from "./chat-meter.js";
import { createModelList } from "./chat-models.js";
import { chatRequestOf } from "./chat-request.js";
import { tokensToReserve } from "./chat-weight.js";
import { ClientGone } from "./client-gone.js";
import { refuseOtherModels } from "./other-models.js";
import {
  type ChatEvent,
  type ChatRequest,
  isObject,
  type JsonObject,
  objectsOf,
} from "./outside/model-providers/chat-shapes.js";
import type { ChatProviders } from "./outside/model-providers/model-providers.js";
import { withOutputLimit } from "./outside/model-providers/output-limit.js";
import { nothingSpent, openProviderKeyUse } from "./provider-key-use.js";

export type Chat = ReturnType<typeof createChat>;

/**
 * Models asked by the organization's own keys, for MEMBER and above: FORBIDDEN below, NOT_FOUND for strangers,
 * RATE_LIMITED over a limit, UPSTREAM_ERROR where the provider fails. Each call is one use of one key, on record.
 */
export function createChat(database: Database, providers: ChatProviders, log: Log) {
  /** Takes a key. Until this is over nothing is sent, and what ends it here has cost nothing. */
  async function begin(who: ChatCaller, asked: ChatRequest, signal?: AbortSignal, isLimitOurs = false) {
    signal?.throwIfAborted();
    const { providerKeyId = null, provider = null } = who;
    const wanted = { providerKeyId, provider, model: asked.model, tokensReserved: tokensToReserve(asked) };
    const use = await openProviderKeyUse(database, log, who, wanted);
    const named = { ...asked, model: use.model ?? asked.model };
    try {
      signal?.throwIfAborted();
      refuseOtherModels(named, use.allows);
    } catch (error) {
      await use.settle(nothingSpent, outcomeOf(error));
      throw error;
    }
    // What is set aside for an answer holds only where the upstream keeps to it.
    const request = use.isBudgeted || isLimitOurs ? withOutputLimit(named, use.key) : named;
    return { use, request, meter: createChatMeter(request, use.isBudgeted) };
  }

  async function completed(who: ChatCaller, asked: ChatRequest, signal?: AbortSignal, isLimitOurs = false) {
    const { use, request, meter } = await begin(who, asked, signal, isLimitOurs);
    try {
      const answer = await providers.complete(use.key, request, signal);
      meter.read(answer);
      await use.settle(meter.spent(), "COMPLETED");
      return answer;
    } catch (error) {
      const { outcome, tokens } = meter.failed(error);
      await use.settle(tokens, outcome);
      throw error;
    }
  }

  return {
    /** One answer, in OpenAI's shape. */
    complete: (who: ChatCaller, body: unknown, signal?: AbortSignal): Promise<JsonObject> =>
      completed(who, chatRequestOf(body), signal),

    /** The same in pieces. Whoever stops reading ends the call upstream. */
    async *stream(who: ChatCaller, body: unknown, signal?: AbortSignal): AsyncGenerator<ChatEvent> {
      const asked = chatRequestOf(body);
      const { use, request, meter } = await begin(who, asked, signal);
      const isCountWanted = isObject(asked.stream_options) && asked.stream_options.include_usage === true;
      let end: ReturnType<typeof meter.failed> = { outcome: "ABORTED", tokens: nothingSpent };
      let isOver = false;
      try {
        for await (const event of providers.stream(use.key, request, signal)) {
          if (event.kind === "chunk") meter.read(event.chunk);
          else if (event.hidden) meter.readHidden(event.hidden);
          const shown = isCountWanted ? event : withoutCount(event);
          if (shown) yield shown;
        }
        end = { outcome: "COMPLETED", tokens: meter.spent() };
        isOver = true;
      } catch (error) {
        end = meter.failed(error);
        isOver = true;
        throw error;
      } finally {
        if (!isOver) end = meter.failed(new ClientGone());
        await use.settle(end.tokens, end.outcome);
      }
    },

    models: createModelList(database, providers, log),

    /** @throws BAD_USER_INPUT `input.model`, `input.messages`, `input.maxTokens`, `input.temperature` */
    async chat(user: Caller, server: Caller, input: ChatInput, signal?: AbortSignal): Promise<ChatReply> {
      const { organizationId, providerKeyId = null, provider = null } = input;
      const asked = requestOf(input);
      const who = { user, server, organizationId, providerKeyId, provider };
      return replyOf(await completed(who, asked, signal, input.maxTokens != null), asked.model);
    },
  };
}

/** The chunk that only counts tokens is nothing to a client that did not ask for it. */
function withoutCount(event: ChatEvent): ChatEvent | null {
  if (event.kind !== "chunk" || !("usage" in event.chunk)) return event;
  const { usage, ...chunk } = event.chunk;
  if (usage !== null && objectsOf(chunk.choices).length === 0) return null;
  return usage === null ? { kind: "chunk", chunk } : event;
}
