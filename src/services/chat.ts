import type { Log } from "../database/log.js";
import type { Caller, Database } from "../database/port.js";
import type { UsableKey } from "./chat-keys.js";
import { ClientGone, createChatMeter, outcomeOf } from "./chat-meter.js";
import { chatRequestOf, tokensToReserve } from "./chat-request.js";
import { badInput, DomainError } from "./errors.js";
import {
  type ChatEvent,
  type ChatRequest,
  isObject,
  type JsonObject,
  type ModelEntry,
  objectsOf,
  textOf,
  usageOf,
} from "./outside/model-providers/chat-shapes.js";
import { type ChatProviders, type KeyInUse, outputLimit } from "./outside/model-providers/model-providers.js";
import { type KeyUser, nothingSpent, openProviderKeyUse } from "./provider-key-use.js";

/** Who asks, for which organization, and by which key where they say so. */
export interface ChatCaller extends KeyUser {
  readonly providerKeyId?: string | null;
  /** Its newest active key is taken. */
  readonly provider?: string | null;
}

export interface ChatInput {
  readonly organizationId: string;
  readonly providerKeyId?: string | null;
  readonly provider?: string | null;
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly maxTokens?: number | null;
  readonly temperature?: number | null;
}

export interface ChatReply {
  readonly id: string | null;
  readonly model: string;
  readonly content: string;
  /** `stop`, `length`, `tool_calls`, `content_filter`, or what else the provider says. */
  readonly finishReason: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

export type Chat = ReturnType<typeof createChat>;

/**
 * Models asked by the organization's own keys, for MEMBER and above: FORBIDDEN below, NOT_FOUND for strangers,
 * RATE_LIMITED over a limit, UPSTREAM_ERROR where the provider fails. Each call is one use of one key, on record.
 */
export function createChat(database: Database, providers: ChatProviders, log: Log) {
  const usableKeys = async ({ user, organizationId }: ChatCaller) =>
    (await database.call("provider_key_choices", { organizationId }, user)) as UsableKey[];

  async function begin(who: ChatCaller, asked: ChatRequest) {
    const { providerKeyId = null, provider = null } = who;
    const wanted = { providerKeyId, provider, model: asked.model, tokensReserved: tokensToReserve(asked) };
    const use = await openProviderKeyUse(database, log, who, wanted);
    const request = { ...asked, model: use.model ?? asked.model };
    return { use, request, meter: createChatMeter(request) };
  }

  async function completed(
    who: ChatCaller,
    asked: ChatRequest,
    signal?: AbortSignal,
    completeRequest: (request: ChatRequest, key: KeyInUse) => ChatRequest = (request) => request,
  ): Promise<JsonObject> {
    const { use, request, meter } = await begin(who, asked);
    try {
      const answer = await providers.complete(use.key, completeRequest(request, use.key), signal);
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
      const { use, request, meter } = await begin(who, asked);
      const isCountWanted = isObject(asked.stream_options) && asked.stream_options.include_usage === true;
      let end: ReturnType<typeof meter.failed> = { outcome: "ABORTED", tokens: nothingSpent };
      let isOver = false;
      try {
        for await (const event of providers.stream(use.key, request, signal)) {
          if (event.kind === "chunk") meter.read(event.chunk);
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

    /** What the organization's active keys can ask, each model once: that of the newest key that has it. */
    async models(who: ChatCaller, signal?: AbortSignal): Promise<ModelEntry[]> {
      const { providerKeyId = null } = who;
      const keys = (await usableKeys(who)).filter(({ id }) => providerKeyId === null || id === providerKeyId);
      const lists = await Promise.allSettled(keys.slice(0, mostKeysAsked).map((key) => modelsOf(who, key, signal)));
      const [failed] = lists.filter((list) => list.status === "rejected");
      const listed = lists.flatMap((list) => (list.status === "fulfilled" ? [list.value] : []));
      if (failed && listed.length === 0) throw failed.reason;
      const byId = new Map<string, ModelEntry>();
      for (const entry of listed.flat()) if (!byId.has(entry.id)) byId.set(entry.id, entry);
      return [...byId.values()];
    },

    /** @throws BAD_USER_INPUT `input.model`, `input.messages`, `input.maxTokens`, `input.temperature` */
    async chat(user: Caller, server: Caller, input: ChatInput): Promise<ChatReply> {
      const { organizationId, providerKeyId = null, provider = null, maxTokens } = input;
      const limited = (request: ChatRequest, key: KeyInUse): ChatRequest => {
        const { max_tokens: limit, ...rest } = request;
        return typeof limit === "number" ? { ...rest, ...outputLimit(key, limit) } : request;
      };
      checkNumbers(input);
      const who = { user, server, organizationId, providerKeyId, provider };
      const asked = requestOf(input, maxTokens ?? null);
      return replyOf(await completed(who, asked, undefined, limited), asked.model);
    },
  };

  async function modelsOf(who: ChatCaller, key: UsableKey, signal?: AbortSignal): Promise<ModelEntry[]> {
    const wanted = { providerKeyId: key.id, provider: null, model: null, tokensReserved: 0 };
    const use = await openProviderKeyUse(database, log, who, wanted);
    try {
      const models = await providers.models(use.key, signal);
      await use.settle(nothingSpent, "COMPLETED");
      return models.filter(({ id }) => use.allows(id)).map((model) => ({ ...model, provider_key_id: key.id }));
    } catch (error) {
      await use.settle(nothingSpent, outcomeOf(error));
      throw error;
    }
  }
}

const mostKeysAsked = 20;

/** The chunk that only counts tokens is nothing to a client that did not ask for it. */
function withoutCount(event: ChatEvent): ChatEvent | null {
  if (event.kind !== "chunk" || !("usage" in event.chunk)) return event;
  const { usage, ...chunk } = event.chunk;
  if (usage !== null && objectsOf(chunk.choices).length === 0) return null;
  return usage === null ? { kind: "chunk", chunk } : event;
}

function checkNumbers({ maxTokens, temperature }: ChatInput): void {
  if (maxTokens != null && (maxTokens < 1 || maxTokens > 1_000_000))
    throw badInput("input.maxTokens", "This must be 1 to 1000000.");
  if (temperature != null && !(temperature >= 0 && temperature <= 2))
    throw badInput("input.temperature", "This must be 0 to 2.");
}

function requestOf(input: ChatInput, maxTokens: number | null): ChatRequest {
  if (input.messages.length === 0) throw badInput("input.messages", "At least one message is needed.");
  const { model, temperature } = input;
  try {
    return chatRequestOf({
      model,
      messages: input.messages.map(({ role, content }) => ({ role: role.toLowerCase(), content })),
      ...(maxTokens !== null && { max_tokens: maxTokens }),
      ...(temperature != null && { temperature }),
    });
  } catch (error) {
    throw error instanceof DomainError ? badInput(`input.${error.extensions.field}`, error.message) : error;
  }
}

function replyOf(answer: JsonObject, askedModel: string): ChatReply {
  const [choice = {}] = objectsOf(answer.choices);
  const message = isObject(choice.message) ? choice.message : {};
  const usage = usageOf(answer);
  return {
    id: textOf(answer.id) || null,
    model: textOf(answer.model) || askedModel,
    content: textOf(message.content),
    finishReason: textOf(choice.finish_reason) || null,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
  };
}
