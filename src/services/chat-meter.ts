import { expectedOutputTokens, likelyInputTokens, tokensOfText } from "./chat-weight.js";
import { wordsOf } from "./chat-words.js";
import { ClientGone } from "./client-gone.js";
import {
  type ChatRequest,
  countOf,
  type Hidden,
  isObject,
  type JsonObject,
  objectsOf,
  type TokenUsage,
  textOf,
  usageOf,
} from "./outside/model-providers/chat-shapes.js";
import { UpstreamError } from "./outside/model-providers/upstream-error.js";
import { nothingSpent, type UseOutcome } from "./provider-key-use.js";

/** What a call has spent: what the provider counted, or else what it is likely to have been. */
export interface ChatMeter {
  /** Reads a completion or a chunk of one. */
  read(answer: JsonObject): void;
  /** Reads what nobody is shown. */
  readHidden(hidden: Hidden): void;
  spent(): TokenUsage;
  /** @returns outcome and tokens of a call that ended with this error, or because nobody wanted it any more */
  failed(error: unknown): { readonly outcome: UseOutcome; readonly tokens: TokenUsage };
}

/** @param isBudgeted whether what is counted stands against a limit, or is for information alone */
export function createChatMeter(request: ChatRequest, isBudgeted: boolean): ChatMeter {
  const finished = new Set<unknown>();
  let counted: TokenUsage | null = null;
  let isCountFinal = false;
  let hasBegun = false;
  let hasAnswered = false;
  let bytes = 0;
  let pieces = 0;
  const streamed = () => Math.max(pieces, tokensOfText(bytes));
  const input = () => counted?.inputTokens || likelyInputTokens(request);
  const keep = (usage: TokenUsage | null) => {
    // Counts that run along begin with zeros, and some servers never get further.
    if (!usage?.inputTokens && !usage?.outputTokens) return;
    counted = usage;
    isCountFinal = finished.size >= (countOf(request.n) ?? 1);
  };
  const add = (length: number) => {
    if (length === 0) return;
    pieces += 1;
    bytes += length;
  };
  return {
    read(answer) {
      for (const { index, delta, message, finish_reason: finish } of objectsOf(answer.choices)) {
        if (textOf(finish)) finished.add(index);
        const said = isObject(delta) ? delta : message;
        if (!isObject(said)) continue;
        const words = wordsOf(said);
        hasBegun = true;
        hasAnswered ||= words.answer !== "";
        add(Buffer.byteLength(words.answer + words.thought));
      }
      keep(usageOf(answer));
    },
    readHidden({ usage, thoughtBytes }) {
      keep(usage ?? null);
      add(thoughtBytes ?? 0);
    },
    spent: () => ({ inputTokens: input(), outputTokens: counted?.outputTokens || streamed() }),
    failed(error) {
      const outcome = outcomeOf(error);
      const mayHaveWorked = outcome === "ABORTED" || (error instanceof UpstreamError && error.mayHaveWorked);
      if (!mayHaveWorked && !hasBegun) return { outcome, tokens: nothingSpent };
      // Left before its last count, a provider may have thought, unseen, as long as it was allowed to. A first word says
      // that the thinking is over, mostly; but whoever hangs up at it time and again must not pass a limit so.
      const isUnknown = isBudgeted ? !isCountFinal : !hasAnswered;
      const unseen = mayHaveWorked && isUnknown && !isOwnFailure(error) ? expectedOutputTokens(request) : 0;
      const outputTokens = Math.max(counted?.outputTokens ?? 0, streamed(), unseen);
      return { outcome, tokens: { inputTokens: input(), outputTokens } };
    },
  };
}

/** The provider itself says that it failed. */
const isOwnFailure = (error: unknown) => error instanceof UpstreamError && error.extensions.status !== undefined;

export function outcomeOf(error: unknown): UseOutcome {
  if (error instanceof ClientGone) return "ABORTED";
  return error instanceof UpstreamError ? "UPSTREAM_ERROR" : "FAILED";
}
