import { type ChatRequest, countOf } from "./chat-shapes.js";
import type { KeyInUse } from "./key-in-use.js";

/** Tokens of an answer where a request does not limit it, and somebody must: Anthropic, or a budget. */
export const outputTokensUnlessSaid = 4_096;

type Upstream = Pick<KeyInUse, "provider" | "baseUrl">;

/** OpenAI's own newer models refuse the older name, other servers do not know the newer one, and then do not keep to it. */
export const outputLimit = (upstream: Upstream, model: string, tokens: number) =>
  newerModels.test(model) || knowsNewerName(upstream) ? { max_completion_tokens: tokens } : { max_tokens: tokens };

/** The same request with a limit, as much as is set aside for it, under the one name that the upstream keeps to. */
export function withOutputLimit(request: ChatRequest, upstream: Upstream): ChatRequest {
  const { max_tokens: older, max_completion_tokens: newer, ...rest } = request;
  return {
    ...rest,
    ...outputLimit(upstream, request.model, countOf(newer) ?? countOf(older) ?? outputTokensUnlessSaid),
  };
}

/** They refuse the older name wherever they are asked: through a gateway, too. */
const newerModels = /(^|\/)(o\d|gpt-[5-9])/i;

const knowsNewerName = ({ provider, baseUrl }: Upstream) =>
  baseUrl === null
    ? provider === "openai"
    : /^https:\/\/([\w-]+\.)*(openai\.com|azure\.(com|us))([:/]|$)/i.test(baseUrl);
