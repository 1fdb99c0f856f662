import { DomainError } from "../../errors.js";
import type { ModelProviders } from "../model-provider.js";
import type { UpstreamRequest } from "../upstream-fetch.js";
import { anthropicAnswer } from "./anthropic-answer.js";
import { anthropicEvents } from "./anthropic-events.js";
import { anthropicHeaders, anthropicRequest } from "./anthropic-request.js";
import {
  type ChatEvent,
  type ChatRequest,
  countOf,
  isObject,
  type JsonObject,
  type ModelEntry,
  objectsOf,
  textOf,
} from "./chat-shapes.js";
import { createDeadline } from "./deadline.js";
import { createKeyEcho } from "./key-echo.js";
import type { KeyInUse } from "./key-in-use.js";
import { knownProvider, upstreamOf } from "./known-providers.js";
import { openaiAnswer, openaiEvents, openaiHeaders, openaiRequest } from "./openai.js";
import { outputLimit } from "./output-limit.js";
import { ask, jsonOf, piecesOf } from "./upstream-call.js";
import { rubbish, unreachable } from "./upstream-error.js";

/**
 * Calls to providers of language models in their own dialects, asked and answered in OpenAI's shape. Nothing that comes
 * back holds the key, and nothing of an answer that is an error comes back. When `signal` aborts, so does the call, and
 * throws the signal's reason. @throws UPSTREAM_ERROR in every method
 */
export interface ChatProviders extends ModelProviders {
  complete(key: KeyInUse, request: ChatRequest, signal?: AbortSignal): Promise<JsonObject>;
  /**
   * Pieces as they come; the tokens are in the last of the provider's. Whoever stops reading ends the call. Text that waits
   * where a stream ends without a reason comes in a piece of its own behind them.
   */
  stream(key: KeyInUse, request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatEvent>;
  /** In the provider's order, at most 5,000. */
  models(key: KeyInUse, signal?: AbortSignal): Promise<ModelEntry[]>;
}

export interface ChatProviderOptions {
  /** For a whole call, a stream included. */
  readonly totalMilliseconds?: number;
  /** For a list of models, or for trying a key. */
  readonly shortMilliseconds?: number;
}

const dialects = {
  openai: { path: "/chat/completions", headers: openaiHeaders, answer: openaiAnswer, events: openaiEvents },
  anthropic: { path: "/messages", headers: anthropicHeaders, answer: anthropicAnswer, events: anthropicEvents },
} as const;

export function createChatProviders(
  upstreamRequest: UpstreamRequest,
  options: ChatProviderOptions = {},
): ChatProviders {
  const { totalMilliseconds = 600_000, shortMilliseconds = 20_000 } = options;
  const providers: ChatProviders = {
    async complete(key, request, signal) {
      const { url, headers, body, dialect } = chatCall(key, request);
      return within(totalMilliseconds, signal, async (signal) => {
        const response = await ask(upstreamRequest, { url, headers, body, signal });
        const answer = dialects[dialect].answer(await jsonOf(response, signal));
        return createKeyEcho(key.apiKey.reveal()).clean(answer);
      });
    },
    async *stream(key, request, signal) {
      const { url, headers, body, dialect } = chatCall(key, request);
      const deadline = createDeadline(totalMilliseconds, signal);
      try {
        const asked = ask(upstreamRequest, { url, headers, body, signal: deadline.signal });
        // While the provider thinks: it takes a tenth of a millisecond, and nobody needs it before.
        const echo = createKeyEcho(key.apiKey.reveal());
        for await (const event of dialects[dialect].events(piecesOf(await asked, deadline.signal))) {
          yield event.kind === "chunk" ? { kind: "chunk", chunk: echo.cleanChunk(event.chunk) } : event;
          // Time goes on while a slow reader keeps what was yielded.
          deadline.signal.throwIfAborted();
        }
        const rest = echo.end();
        if (rest) yield { kind: "chunk", chunk: rest };
      } finally {
        deadline.clear();
      }
    },
    models: (key, signal) =>
      within(shortMilliseconds, signal, async (signal) => {
        const { urlOf, headers, dialect } = addressOf(key);
        const url = urlOf("/models");
        // It answers twenty a page unless told.
        if (dialect === "anthropic") url.searchParams.set("limit", "1000");
        const listed = await jsonOf(await ask(upstreamRequest, { url: url.href, headers, signal }), signal);
        return modelsIn(createKeyEcho(key.apiKey.reveal()).clean(listed), key.provider);
      }),
    async tryKey({ model, ...key }) {
      await within(shortMilliseconds, undefined, async (signal) => {
        if (model !== null)
          return void (await providers.complete(
            key,
            { model, messages: smallCall, ...outputLimit(key, model, 16) },
            signal,
          ));
        const { urlOf, headers } = addressOf(key);
        const path = (key.baseUrl === null && knownProvider(key.provider)?.keyPath) || "/models";
        await jsonOf(await ask(upstreamRequest, { url: urlOf(path).href, headers, signal }), signal);
      });
    },
  };
  return providers;
}

const smallCall = [{ role: "user", content: "Say ok." }];

/** @throws BAD_USER_INPUT where neither the key nor its provider's name says */
function addressOf({ provider, baseUrl, apiKey }: KeyInUse) {
  const upstream = upstreamOf(provider, baseUrl);
  if (!upstream)
    throw new DomainError(
      "BAD_USER_INPUT",
      "The key of a provider that is not a well-known one needs a base URL, and this one has none.",
    );
  const { dialect, baseUrl: base } = upstream;
  if (!URL.canParse(base)) throw unreachable();
  const urlOf = (path: string): URL => {
    const url = new URL(base);
    url.pathname = url.pathname.replace(/\/$/, "") + path;
    return url;
  };
  return { dialect, urlOf, headers: dialects[dialect].headers(apiKey.reveal()) };
}

function chatCall(key: KeyInUse, request: ChatRequest) {
  const { urlOf, dialect, headers } = addressOf(key);
  const countsUnasked = knownProvider(key.provider)?.countsUnasked ?? false;
  const body = dialect === "anthropic" ? anthropicRequest(request) : openaiRequest(request, countsUnasked);
  return { url: urlOf(dialects[dialect].path).href, headers, dialect, body };
}

async function within<Result>(
  milliseconds: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = createDeadline(milliseconds, caller);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.clear();
  }
}

const mostModels = 5_000;
const longestModelName = 200;

/** Together answers a bare list. */
function modelsIn(listed: unknown, provider: string): ModelEntry[] {
  const data = isObject(listed) ? listed.data : listed;
  if (!Array.isArray(data)) throw rubbish();
  return objectsOf(data)
    .slice(0, mostModels)
    .flatMap(({ id, created, created_at: createdAt, owned_by: owner }) => {
      const name = textOf(id);
      if (!name || name.length > longestModelName) return [];
      const time = countOf(created) ?? (Math.floor(Date.parse(textOf(createdAt)) / 1000) || 0);
      return [{ id: name, object: "model" as const, created: time, owned_by: textOf(owner) || provider }];
    });
}
