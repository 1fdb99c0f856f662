import { badInput } from "./errors.js";
import { type ChatRequest, isObject } from "./outside/model-providers/chat-shapes.js";

type Allows = (model: string) => boolean;

/** Where people, schemas and programs say what they like: a word of theirs chooses nothing. */
const speech = new Set(
  ["model", "messages", "functions", "response_format", "metadata", "prediction", "stop", "user"].concat([
    "guided_json",
    "structured_outputs",
    "chat_template_kwargs",
  ]),
);
/** Lists of models that OpenRouter and LiteLLM fall back on. */
const lists = new Set(["models", "fallbacks"]);
/** OpenRouter's wishes for who serves the model that is asked for; none of them leads to another. */
const wishes = new Set(
  ["order", "only", "ignore", "sort", "quantizations", "allow_fallbacks", "require_parameters"].concat(
    ["data_collection", "zdr", "max_price", "enforce_distillable_text", "preferred_min_throughput"],
    ["preferred_max_latency"],
  ),
);
/** Names under which gateways take another model, or what stands for one. */
const choosing =
  /model|fallback|preset|plugin|deployment|llm_provider|^engine$|^prompt_id$|^(api_)?base(_url)?$|^rout(e|er|ing)$|^provider/i;

/**
 * Where models are limited, a request may name no other than the ones that are allowed: gateways fall back on what a list
 * of theirs, a preset or a plugin says. What cannot be checked is refused.
 * @throws BAD_USER_INPUT with the parameter
 */
export function refuseOtherModels(request: ChatRequest, allows: Allows): void {
  // Whoever lets a model without a name through lets every model through.
  if (allows("")) return;
  if (!isOne(request.model)) throw badInput("model", "Where models are limited, a request names one model.");
  for (const [name, value] of Object.entries(request))
    if (value != null && !speech.has(name) && !isHarmless(name, value, allows))
      throw badInput(name, "Where models are limited, this is not taken: it may lead to a model that is not allowed.");
}

/** LiteLLM asks several that stand in one name. */
const isOne = (model: string) => !model.includes(",");

function isHarmless(name: string, value: unknown, allows: Allows): boolean {
  if (lists.has(name))
    return Array.isArray(value) && value.every((one) => typeof one === "string" && isOne(one) && allows(one));
  if (name === "route") return value === "fallback";
  if (name === "provider") return isObject(value) && Object.keys(value).every((wish) => wishes.has(wish));
  // A function's schema may have a property of any name; a tool of the provider's own may ask a model of its own.
  if (name === "tools" && Array.isArray(value)) return !value.map(withoutSchema).some(choosesIn);
  return !choosing.test(name) && !choosesIn(value);
}

function withoutSchema(tool: unknown): unknown {
  if (!isObject(tool)) return tool;
  const { input_schema: _, ...rest } = tool;
  return tool.type === "function" ? { ...rest, function: null } : rest;
}

/** Whether anything within has a name that chooses. Requests are nested a hundred deep at most. */
function choosesIn(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => (!Array.isArray(value) && choosing.test(name)) || choosesIn(inner),
  );
}
