import { describe, expect, it } from "vitest";
import { isAllowed } from "../../../src/services/chat-keys.js";
import { refuseOtherModels } from "../../../src/services/other-models.js";

const messages = [{ role: "user", content: "the model, its plugins and its fallbacks" }];
const check = (more: object, models: string[] | null = ["gpt-*"]) =>
  refuseOtherModels({ model: "gpt-5", messages, ...more }, (model) => isAllowed(model, models));

const free = { type: "function", function: { name: "f", parameters: { properties: { model: {}, fallbacks: {} } } } };

describe("where models are limited, a request", () => {
  it.each([
    ["model", { model: "gpt-5,claude-opus-5" }],
    ["models", { models: ["gpt-4o", "claude-opus-5"] }],
    ["models", { models: ["gpt-4o,claude-opus-5"] }],
    ["models", { models: "claude-opus-5" }],
    ["models", { models: [{ id: "gpt-4o" }] }],
    ["Models", { Models: ["gpt-4o"] }],
    ["fallbacks", { fallbacks: [{ "gpt-5": ["claude-opus-5"] }] }],
    ["context_window_fallback_dict", { context_window_fallback_dict: { "gpt-5": "claude-opus-5" } }],
    ["route", { route: "anything" }],
    ["router", { router: {} }],
    ["preset", { preset: "ours" }],
    ["plugins", { plugins: [{ id: "fusion" }] }],
    ["provider", { provider: { order: ["a"], model: "claude-opus-5" } }],
    ["provider", { provider: "anthropic" }],
    ["providerOptions", { providerOptions: { gateway: { models: ["claude-opus-5"] } } }],
    ["extra_body", { extra_body: { models: ["claude-opus-5"] } }],
    ["user_config", { user_config: { model_list: [] } }],
    ["web_search_options", { web_search_options: [{ summary_model: "claude-opus-5" }] }],
    ["deployment_id", { deployment_id: "claude-opus-5" }],
    ["engine", { engine: "claude-opus-5" }],
    ["custom_llm_provider", { custom_llm_provider: "anthropic" }],
    ["api_base", { api_base: "https://llm.example.com" }],
    ["tools", { tools: [free, { type: "advisor", model: "claude-opus-5" }] }],
    ["tools", { tools: [{ ...free, model: "claude-opus-5" }] }],
    ["tools", { tools: { model: "claude-opus-5" } }],
    ["tools", { tools: [{ ...free, type: "ask", function: { model: "claude-opus-5" } }] }],
    ["tools", { tools: [{ type: "search", parameters: { deep: [{ modelId: "claude-opus-5" }] } }] }],
  ])("is refused at %s for %j", (field, more) => {
    expect(() => check(more)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT", extensions: { field } }));
  });

  it.each([
    {},
    { models: ["gpt-4o", "gpt-5-mini"], fallbacks: ["gpt-4o"], route: "fallback" },
    { models: null, provider: null },
    { provider: { data_collection: "deny", zdr: true, order: ["azure"], allow_fallbacks: false } },
    {
      tools: [{ ...free, cache_control: {} }],
      functions: [free.function],
      tool_choice: { type: "function", function: { name: "f" } },
    },
    { tools: [{ name: "f", input_schema: { properties: { model: {}, provider: {} } } }] },
    { guided_json: { properties: { model: {} } }, chat_template_kwargs: { model_identity: "a clerk" } },
    { response_format: { type: "json_schema", json_schema: { schema: { properties: { model: {} } } } } },
    { metadata: { model: "x" }, modalities: ["text"], reasoning: { effort: "low" }, stream_options: {} },
  ])("may say %j", (more) => {
    expect(() => check(more)).not.toThrow();
  });

  it("may say anything where they are not", () => {
    for (const models of [null, ["*"]])
      expect(() => check({ models: ["claude-opus-5"], plugins: [], model: "a,b" }, models)).not.toThrow();
  });
});
