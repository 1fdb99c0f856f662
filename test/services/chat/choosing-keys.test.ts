import { describe, expect, it } from "vitest";
import { chooseKey, type UsableKey } from "../../../src/services/chat-keys.js";
import { chatRequestOf } from "../../../src/services/chat-request.js";
import { upstreamOf } from "../../../src/services/outside/model-providers/known-providers.js";

const key = (provider: string, models: string[] | null = null): UsableKey => ({ id: provider, provider, models });
const chosen = (keys: UsableKey[], model: string) => {
  const choice = chooseKey(keys, model);
  return choice && [choice.key.id, choice.model];
};

describe("the key for a model", () => {
  it.each([
    [["openai", "anthropic"], "claude-opus-5", ["anthropic", "claude-opus-5"]],
    [["anthropic", "openai"], "gpt-5", ["openai", "gpt-5"]],
    [["anthropic", "openai"], "o3-mini", ["openai", "o3-mini"]],
    [["anthropic", "openai"], "openai/whatever", ["openai", "whatever"]],
    [["openrouter", "anthropic"], "anthropic/claude-opus-5", ["anthropic", "claude-opus-5"]],
    [["openai", "openrouter"], "anthropic/claude-opus-5", ["openrouter", "anthropic/claude-opus-5"]],
    [["openai", "openrouter"], "openrouter/auto", ["openrouter", "openrouter/auto"]],
    [["openai", "openrouter"], "openrouter/anthropic/claude-opus-5", ["openrouter", "anthropic/claude-opus-5"]],
    [["openai", "gemini"], "google/gemini-3", ["gemini", "gemini-3"]],
    [["openai", "groq"], "llama-4", ["groq", "llama-4"]],
    [["openai", "house"], "llama-4", ["house", "llama-4"]],
    [["openai", "anthropic"], "llama-4", ["openai", "llama-4"]],
  ])("of %j for %s is %j", (providers, model, expected) => {
    expect(
      chosen(
        providers.map((provider) => key(provider)),
        model,
      ),
    ).toEqual(expected);
  });

  it("is one that is kept for it, and none that is kept for others", () => {
    expect(chosen([key("openai"), key("house", ["gpt-5"])], "gpt-5")).toEqual(["house", "gpt-5"]);
    expect(chosen([key("openai", ["gpt-4*"]), key("groq")], "gpt-5")).toEqual(["groq", "gpt-5"]);
    expect(chosen([key("openai", ["gpt-4*"]), key("groq")], "gpt-4o")).toEqual(["openai", "gpt-4o"]);
  });

  it("is the newest where nothing fits, and none where there is none", () => {
    expect(chosen([key("openai", ["a"]), key("groq", ["b"])], "c")).toEqual(["openai", "c"]);
    expect(chosen([], "gpt-5")).toBeNull();
  });
});

describe("where a key's requests go", () => {
  it("is the provider's address, or that of the key, with Anthropic's version put behind it", () => {
    expect(upstreamOf("openai", null)).toEqual({ baseUrl: "https://api.openai.com/v1", dialect: "openai" });
    expect(upstreamOf("claude", "https://a.example/")).toEqual({
      baseUrl: "https://a.example/v1",
      dialect: "anthropic",
    });
    expect(upstreamOf("anthropic", "https://a.example/v1")?.baseUrl).toBe("https://a.example/v1");
    expect(upstreamOf("house", "https://h.example/api")?.baseUrl).toBe("https://h.example/api");
    expect(upstreamOf("house", null)).toBeNull();
    expect(upstreamOf("constructor", null)).toBeNull();
  });
});

describe("a request", () => {
  it.each([
    ["body", null],
    ["body", []],
    ["model", { model: 7, messages: [{ role: "user" }] }],
    ["model", { model: "a\u0000b", messages: [{ role: "user" }] }],
    ["model", { model: "modèle", messages: [{ role: "user" }] }],
    ["model", { model: "a b", messages: [{ role: "user" }] }],
    ["model", { model: "m\n", messages: [{ role: "user" }] }],
    ["model", { model: "x".repeat(201), messages: [{ role: "user" }] }],
    ["messages", { model: "m", messages: {} }],
    ["messages.1", { model: "m", messages: [{ role: "user" }, "x"] }],
    ["max_tokens", { model: "m", messages: [{ role: "user" }], max_tokens: "100000" }],
    ["max_tokens", { model: "m", messages: [{ role: "user" }], max_tokens: -1 }],
    ["max_completion_tokens", { model: "m", messages: [{ role: "user" }], max_completion_tokens: 1.5 }],
    ["n", { model: "m", messages: [{ role: "user" }], n: 0 }],
    ["best_of", { model: "m", messages: [{ role: "user" }], best_of: "50" }],
    ["stream", { model: "m", messages: [{ role: "user" }], stream: "yes" }],
  ])("is refused at %s", (field, body) => {
    expect(() => chatRequestOf(body)).toThrow(expect.objectContaining({ extensions: { field } }));
  });

  it("says how many messages there may be", () => {
    const messages = Array.from({ length: 10_001 }, () => ({ role: "user", content: "x" }));
    expect(() => chatRequestOf({ model: "m", messages })).toThrow("There may be 10000 messages at most.");
    expect(chatRequestOf({ model: "m", messages: messages.slice(1) }).messages).toHaveLength(10_000);
  });

  it("may hold whatever else the provider takes", () => {
    const body = {
      model: "m",
      messages: [{ role: "user", content: [{ type: "x" }], name: "n" }],
      logit_bias: { 1: 2 },
    };
    expect(chatRequestOf(body)).toEqual(body);
  });
});
