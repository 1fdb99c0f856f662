import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ChatStage, startChatStage } from "../support/chat-stage.js";
import { awayFromMidnight } from "../support/midnight.js";
import {
  type Behaviour,
  beginStream,
  lastText,
  openaiChunk,
  pause,
  sendEvent,
  sendJson,
} from "../support/model-upstream.js";
import { type Chunk, failureOf, type OpenaiClient, openai, readStream } from "../support/openai-client.js";

const messages = [{ role: "user", content: "one two three" }];

let stage: ChatStage;
let upstream: ChatStage["upstream"];
let { newcomer, addKey, usesOf, settled } = {} as ChatStage;
beforeAll(async () => {
  stage = await startChatStage();
  ({ upstream, newcomer, addKey, usesOf, settled } = stage);
});
beforeEach(awayFromMidnight, 60_000);
afterAll(() => stage?.close());
afterEach(() => upstream.asked.splice(0));

const hundred = (ask: (index: number) => Promise<unknown>) =>
  Promise.allSettled(Array.from({ length: 100 }, (_, index) => ask(index)));

test("limits on requests a minute hold under a hundred at once", async () => {
  const { person, keyId, client } = await newcomer();
  await stage.requests.updateProviderKey({ id: keyId, limits: { requestsPerMinute: 7 } }, { token: person.token });
  const answers = await hundred(() => client.chat.completions.create({ model: "gpt-test", messages }));
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
  expect(upstream.asked).toHaveLength(7);
  for (const answer of answers)
    if (answer.status === "rejected") {
      expect(answer.reason).toBeInstanceOf(openai.RateLimitError);
      expect(Number(answer.reason.headers.get("retry-after"))).toBeGreaterThan(0);
    }
}, 60_000);

describe("limits on tokens a day hold under a hundred at once, streams and answers alike,", () => {
  const tokensPerDay = 50_000;
  const inputTokens = 50;

  /** Knows `max_tokens` alone, and says all that it may; where nobody limits it, very much. */
  const talkative: Behaviour = async (asked, response) => {
    await pause(50);
    const usage = { prompt_tokens: inputTokens, completion_tokens: asked.body.max_tokens ?? 60_000, total_tokens: 0 };
    if (!asked.body.stream)
      return sendJson(response, {
        choices: [{ index: 0, message: { content: lastText(asked) }, finish_reason: "stop" }],
        usage,
      });
    beginStream(response);
    sendEvent(response, { ...openaiChunk("talkative", { content: "." }, "stop"), usage });
    sendEvent(response, "[DONE]");
    response.end();
  };

  async function spentBy(keyId: string): Promise<number> {
    const uses = await settled(keyId);
    return uses.reduce((sum, use) => sum + use.input_tokens + use.output_tokens, 0);
  }

  async function overspend(client: OpenaiClient, limit: object): Promise<void> {
    const asked = { model: "talkative", messages, ...limit };
    upstream.behave("talkative", talkative);
    const answers = await hundred(async (index) =>
      index % 2 === 0
        ? client.chat.completions.create(asked)
        : readStream(await client.chat.completions.create({ ...asked, stream: true })),
    );
    expect(answers.some(({ status }) => status === "fulfilled")).toBe(true);
    for (const answer of answers)
      if (answer.status === "rejected") expect(answer.reason).toBeInstanceOf(openai.RateLimitError);
  }

  test.each([
    ["that say how much they want", { max_tokens: 4_000 }, 4_000],
    ["that say it under the name that the provider does not know", { max_completion_tokens: 4_000 }, 4_000],
    ["that do not say, as OpenAI's client does not", {}, 4_096],
  ])(
    "for requests %s",
    async (_, limit, outputTokens) => {
      const { person, keyId, client } = await newcomer();
      await stage.requests.updateProviderKey({ id: keyId, limits: { tokensPerDay } }, { token: person.token });
      await overspend(client, limit);
      const spent = await spentBy(keyId);
      expect(spent).toBe((inputTokens + outputTokens) * upstream.asked.length);
      expect(spent).toBeLessThanOrEqual(tokensPerDay);
      expect(spent).toBeGreaterThan(tokensPerDay - 2 * outputTokens);
      for (const { body } of upstream.asked) {
        expect(body.max_tokens).toBe(outputTokens);
        expect(body).not.toHaveProperty("max_completion_tokens");
      }
    },
    60_000,
  );

  test.each(["hang up after the first word", "are cut off by the provider after it"])(
    "also where callers %s, while the model thinks unseen",
    async (ending) => {
      const { person, keyId, client } = await newcomer();
      await stage.requests.updateProviderKey({ id: keyId, limits: { tokensPerDay } }, { token: person.token });
      upstream.behave("thinks-on", async (_, response) => {
        beginStream(response);
        sendEvent(response, openaiChunk("thinks-on", { content: "Well" }));
        if (ending.startsWith("are cut off")) setTimeout(() => response.destroy(), 20);
      });
      const answers = [];
      for (let call = 0; call < 8; call++) {
        const asked = { model: "thinks-on", messages, max_tokens: 20_000, stream: true as const };
        answers.push(await client.chat.completions.create(asked).then(firstWordOf, (error: unknown) => error));
        await settled(keyId);
      }
      expect(upstream.asked).toHaveLength(2);
      expect(answers.slice(0, 2)).toEqual(["Well", "Well"]);
      for (const answer of answers.slice(2)) expect(answer).toBeInstanceOf(openai.RateLimitError);
      expect((await settled(keyId)).map((use) => use.output_tokens)).toEqual([20_000, 20_000]);
    },
    60_000,
  );

  async function firstWordOf(stream: AsyncIterable<Chunk>): Promise<unknown> {
    for await (const { choices } of stream) return choices[0]?.delta.content;
    return null;
  }

  test("and say by OpenAI's name that a request wants more than a whole day's", async () => {
    const { person, keyId, client } = await newcomer();
    await stage.requests.updateProviderKey({ id: keyId, limits: { tokensPerDay: 500 } }, { token: person.token });
    const failure = await failureOf(client.chat.completions.create({ model: "gpt-test", messages }));
    expect(failure).toMatchObject({
      status: 400,
      code: "BAD_USER_INPUT",
      param: "max_tokens",
      error: { field: "max_tokens" },
    });
  });

  test("over all keys of an organization", async () => {
    const { person, keyId, client } = await newcomer();
    const { id: secondId } = await addKey(person, { provider: "house" });
    const { organizationId, token } = person;
    await stage.requests.setUsageLimits({ organizationId, limits: { tokensPerDay } }, { token });
    const { data } = await stage.server.graphql<{ organization: { usageLimits: object } }>(
      "query($id: ID!) { organization(id: $id) { usageLimits { tokensPerDay } } }",
      { id: organizationId },
      { token },
    );
    expect(data.organization.usageLimits).toEqual({ tokensPerDay });
    upstream.behave("talkative", talkative);
    const answers = await hundred((index) =>
      client.chat.completions.create({ model: `${index % 2 ? "openai" : "house"}/talkative`, messages }),
    );
    const spent = (await spentBy(keyId)) + (await spentBy(secondId));
    expect(spent).toBe((inputTokens + 4_096) * upstream.asked.length);
    expect(spent).toBeLessThanOrEqual(tokensPerDay);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(upstream.asked.length);
  }, 60_000);
});

test("limits on models are FORBIDDEN beyond, and the list shows the allowed ones alone", async () => {
  const { person, keyId, client } = await newcomer();
  await stage.requests.updateProviderKey({ id: keyId, limits: { models: ["gpt-*"] } }, { token: person.token });
  expect(await failureOf(client.chat.completions.create({ model: "text-test", messages }))).toBeInstanceOf(
    openai.PermissionDeniedError,
  );
  expect(upstream.asked).toEqual([]);
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["gpt-test", "gpt-other"]);
  await client.chat.completions.create({ model: "gpt-other", messages });
  expect(await usesOf(keyId)).toHaveLength(2);
  upstream.asked.splice(0);
  for (const stream of [false, true])
    expect(
      await failureOf(client.chat.completions.create({ model: "gpt-test", models: ["text-test"], messages, stream })),
    ).toMatchObject({ status: 400, code: "BAD_USER_INPUT", error: { field: "models" } });
  expect(upstream.asked).toEqual([]);
  expect((await settled(keyId)).slice(2)).toMatchObject(
    Array(2).fill({ input_tokens: 0, output_tokens: 0, outcome: "FAILED" }),
  );
  await client.chat.completions.create({ model: "gpt-test", models: ["gpt-other"], messages });
  expect(upstream.asked[0]?.body.models).toEqual(["gpt-other"]);
});
