import { chatRequestOf } from "./chat-request.js";
import { textSaid } from "./chat-words.js";
import { badInput, DomainError } from "./errors.js";
import {
  type ChatRequest,
  isObject,
  type JsonObject,
  objectsOf,
  textOf,
  usageOf,
} from "./outside/model-providers/chat-shapes.js";
import type { KeyUser } from "./provider-key-use.js";

/** Who asks, for which organization, and by which key where they say so. */
export interface ChatCaller extends KeyUser {
  readonly providerKeyId?: string | null;
  /** Its newest active key is taken. */
  readonly provider?: string | null;
}

export interface ChatInput extends Pick<ChatCaller, "organizationId" | "providerKeyId" | "provider"> {
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

/**
 * The input of the mutation `chat` in OpenAI's shape.
 * @throws BAD_USER_INPUT `input.model`, `input.messages`, `input.maxTokens`, `input.temperature`
 */
export function requestOf(input: ChatInput): ChatRequest {
  checkNumbers(input);
  if (input.messages.length === 0) throw badInput("input.messages", "At least one message is needed.");
  const { model, temperature, maxTokens } = input;
  try {
    return chatRequestOf({
      model,
      messages: input.messages.map(({ role, content }) => ({ role: role.toLowerCase(), content })),
      ...(maxTokens != null && { max_tokens: maxTokens }),
      ...(temperature != null && { temperature }),
    });
  } catch (error) {
    throw error instanceof DomainError ? badInput(`input.${error.extensions.field}`, error.message) : error;
  }
}

function checkNumbers({ maxTokens, temperature }: ChatInput): void {
  if (maxTokens != null && (maxTokens < 1 || maxTokens > 1_000_000))
    throw badInput("input.maxTokens", "This must be 1 to 1000000.");
  if (temperature != null && !(temperature >= 0 && temperature <= 2))
    throw badInput("input.temperature", "This must be 0 to 2.");
}

export function replyOf(answer: JsonObject, askedModel: string): ChatReply {
  const [choice = {}] = objectsOf(answer.choices);
  const message = isObject(choice.message) ? choice.message : {};
  const usage = usageOf(answer);
  return {
    id: textOf(answer.id) || null,
    model: textOf(answer.model) || askedModel,
    content: textSaid(message),
    finishReason: textOf(choice.finish_reason) || null,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
  };
}
