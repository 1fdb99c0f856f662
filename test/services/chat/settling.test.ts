import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatProviders } from "../../../src/services/outside/model-providers/model-providers.js";
import { chatService, somebody } from "../../support/chat-service.js";

const providers = {
  complete: async () => ({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }),
} as unknown as ChatProviders;
const key = { provider: "house", baseUrl: "https://llm.example.com", apiKey: "sk-canary-0123456789" };
const request = { model: "m", messages: [{ role: "user", content: "one" }] };
const settled = [{ useId: "use-1", inputTokens: 3, outputTokens: 4, outcome: "COMPLETED" }];

describe("a use whose end the database cannot take", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is ended later, once, and nobody waits for it", async () => {
    let failures = 3;
    const onEnd = () => {
      if (failures-- > 0) throw new Error("away");
    };
    const { chat, ended } = chatService(providers, key, { onEnd });
    await chat.complete(somebody, request);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000 + 5_000);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ended).toEqual(settled);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(ended).toEqual(settled);
  });

  it("is given up after a quarter of an hour or so", async () => {
    let tries = 0;
    const onEnd = () => {
      tries += 1;
      throw new Error("away");
    };
    const { chat } = chatService(providers, key, { onEnd });
    await chat.complete(somebody, request);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(tries).toBe(7);
  });
});
