import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createChatProviders } from "../../../src/services/outside/model-providers/model-providers.js";
import { outputLimit, withOutputLimit } from "../../../src/services/outside/model-providers/output-limit.js";
import { createUpstreamFetch } from "../../../src/services/outside/upstream-fetch.js";
import { chatService, somebody } from "../../support/chat-service.js";
import { type ModelUpstream, startModelUpstream } from "../../support/model-upstream.js";

const messages = [{ role: "user", content: "one two three" }];

describe("the name of an answer's limit", () => {
  it.each(["o3", "gpt-5.1-mini", "openai/o4-mini"])(
    "is the newer one for %s, whoever stands in front of it",
    (model) => {
      const gateway = { provider: "gateway", baseUrl: "https://gateway.example.com/v1" };
      expect(withOutputLimit({ model, messages }, gateway)).toEqual({ model, messages, max_completion_tokens: 4096 });
      for (const older of ["gpt-4o", "olmo-2", "my-gpt-5", "o-model"])
        expect(withOutputLimit({ model: older, messages }, gateway)).toMatchObject({ max_tokens: 4096 });
    },
  );

  it.each([
    ["openai", null, "max_completion_tokens"],
    ["openai", "https://eu.api.openai.com/v1", "max_completion_tokens"],
    ["our-azure", "https://ours.openai.azure.com/openai/v1", "max_completion_tokens"],
    ["our-azure", "https://ours.openai.azure.us/openai/v1", "max_completion_tokens"],
    ["openai", "https://gateway.example.com/v1", "max_tokens"],
    ["openai", "https://gateway.example.com/api.openai.com/v1", "max_tokens"],
    ["mistral", null, "max_tokens"],
    ["anthropic", null, "max_tokens"],
  ])("is for %s at %s %s, and stands alone", (provider, baseUrl, name) => {
    expect(outputLimit({ provider, baseUrl }, "m", 9)).toEqual({ [name]: 9 });
    const limited = (more: object) => withOutputLimit({ model: "m", messages, ...more }, { provider, baseUrl });
    expect(limited({ max_tokens: 5 })).toEqual({ model: "m", messages, [name]: 5 });
    expect(limited({ max_completion_tokens: 7, max_tokens: null })).toEqual({ model: "m", messages, [name]: 7 });
    expect(limited({})).toEqual({ model: "m", messages, [name]: 4096 });
  });
});

describe("a request", () => {
  let upstream: ModelUpstream;
  const providers = createChatProviders(createUpstreamFetch({ allowPrivate: true }).request);
  beforeAll(async () => {
    upstream = await startModelUpstream();
  });
  afterAll(() => upstream.close());
  afterEach(() => upstream.asked.splice(0));

  const askedWith = async (tokensLimited: boolean, more: object = {}) => {
    const key = { provider: "house", baseUrl: upstream.url, apiKey: "sk-canary-0123456789", tokensLimited };
    const { chat } = chatService(providers, key);
    await chat.complete(somebody, { model: "gpt-test", messages, ...more });
    for await (const _ of chat.stream(somebody, { model: "gpt-test", messages, ...more, stream: true }));
    return upstream.asked.splice(0).map(({ body: { model, messages, stream, stream_options, ...rest } }) => rest);
  };

  it("goes as it came where no tokens are limited, and no answer is cut", async () => {
    expect(await askedWith(false)).toEqual([{}, {}]);
    const more = { max_completion_tokens: 7 };
    expect(await askedWith(false, more)).toEqual([more, more]);
  });

  it("says what was set aside for it where tokens are", async () => {
    expect(await askedWith(true)).toEqual([{ max_tokens: 4096 }, { max_tokens: 4096 }]);
    expect(await askedWith(true, { max_completion_tokens: 7 })).toEqual([{ max_tokens: 7 }, { max_tokens: 7 }]);
  });
});
