import { expectedOutputTokens, likelyInputTokens, tokensOfText } from "./chat-weight.js";
import { ClientGone } from "./client-gone.js";
import {
  type ChatRequest,
  isObject,
  type JsonObject,
  objectsOf,
  type TokenUsage,
  usageOf,
} from "./outside/model-providers/chat-shapes.js";
import { UpstreamError } from "./outside/model-providers/upstream-error.js";
import { nothingSpent, type UseOutcome } from "./provider-key-use.js";

/** What a call has spent: what the provider counted, or else what it is likely to have been. */
export interface ChatMeter {
  /** Reads a completion or a chunk of one. */
  read(answer: JsonObject): void;
  spent(): TokenUsage;
  /** @returns outcome and tokens of a call that ended with this error, or because nobody wanted it any more */
  failed(error: unknown): { readonly outcome: UseOutcome; readonly tokens: TokenUsage };
}

export function createChatMeter(request: ChatRequest): ChatMeter {
  let counted: TokenUsage | null = null;
  let bytes = 0;
  let pieces = 0;
  const streamed = () => Math.max(pieces, tokensOfText(bytes));
  const spent = (output: number): TokenUsage => ({
    inputTokens: counted?.inputTokens ?? likelyInputTokens(request),
    outputTokens: counted?.outputTokens ?? output,
  });
  return {
    read(answer) {
      counted = usageOf(answer) ?? counted;
      for (const { delta, message } of objectsOf(answer.choices)) {
        const said = isObject(delta) ? delta : message;
        if (said === undefined) continue;
        pieces += 1;
        bytes += Buffer.byteLength(JSON.stringify(said));
      }
    },
    spent: () => spent(streamed()),
    failed(error) {
      const outcome = outcomeOf(error);
      const mayHaveWorked = outcome === "ABORTED" || (error instanceof UpstreamError && error.mayHaveWorked);
      if (!mayHaveWorked && pieces === 0) return { outcome, tokens: nothingSpent };
      // A provider that was left before its answer began may have made all of it.
      return { outcome, tokens: spent(pieces > 0 ? streamed() : expectedOutputTokens(request)) };
    },
  };
}

export function outcomeOf(error: unknown): UseOutcome {
  if (error instanceof ClientGone) return "ABORTED";
  return error instanceof UpstreamError ? "UPSTREAM_ERROR" : "FAILED";
}
