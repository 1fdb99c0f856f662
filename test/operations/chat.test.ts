import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { isAbandoned, isAsked } from "../support/chat-stage.js";
import { type ModelUpstream, pause, sendJson, startModelUpstream } from "../support/model-upstream.js";
import { refused, requestsOf, unknownIds } from "../support/requests.js";
import { type GraphqlAnswer, type Person, startTestServer, type TestServer } from "../support/server.js";
import { tableDump } from "../support/table-dump.js";

interface Reply {
  readonly id: string | null;
  readonly model: string;
  readonly content: string;
  readonly finishReason: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

const apiKey = "sk-canary-0123456789-abcdefghij-of-chat";
const messages = [{ role: "USER", content: "one two three" }];

describe("chat", () => {
  let server: TestServer;
  let upstream: ModelUpstream;
  beforeAll(async () => {
    [server, upstream] = await Promise.all([startTestServer(), startModelUpstream()]);
  });
  afterAll(() => Promise.all([server?.close(), upstream?.close()]));
  afterEach(() => upstream.asked.splice(0));

  const chat = (input: object, token?: string): Promise<GraphqlAnswer<{ chat: Reply }>> =>
    server.graphql(
      "mutation($input: ChatInput!) { chat(input: $input) { id model content finishReason inputTokens outputTokens } }",
      { input },
      { token },
    );
  async function addKey({ organizationId, token }: Person, more: object = {}): Promise<string> {
    const { data, text } = await requestsOf(server).addProviderKey(
      { organizationId, provider: "openai", apiKey, baseUrl: upstream.url, ...more },
      { token },
    );
    if (!data?.addProviderKey) throw new Error(text);
    return data.addProviderKey.id;
  }

  test("answers what the model said, and what it cost", async () => {
    const person = await server.signIn();
    await addKey(person);
    const { organizationId, token } = person;
    const system = { role: "SYSTEM", content: "Be brief." };
    const { data, text } = await chat(
      { organizationId, model: "gpt-test", messages: [system, ...messages], maxTokens: 20, temperature: 0.5 },
      token,
    );
    expect(data.chat).toEqual({
      id: "chatcmpl-test",
      model: "gpt-test",
      content: "one two three",
      finishReason: "stop",
      inputTokens: 11,
      outputTokens: 3,
    });
    expect(upstream.asked[0]?.body).toEqual({
      model: "gpt-test",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "one two three" },
      ],
      max_tokens: 20,
      temperature: 0.5,
    });
    for (const seen of [text, server.output(), await tableDump(server.admin)]) expect(seen).not.toContain(apiKey);
  });

  test("answers what was said in parts, and what was refused", async () => {
    const person = await server.signIn();
    await addKey(person);
    const { organizationId, token } = person;
    const thinking = { type: "thinking", thinking: [{ type: "text", text: "Hm." }] };
    for (const [message, content] of [
      [{ content: [thinking, { type: "text", text: "Yes." }] }, "Yes."],
      [{ content: null, refusal: "I may not." }, "I may not."],
    ] as const) {
      upstream.behave("parts", (_, response) =>
        sendJson(response, { choices: [{ index: 0, message, finish_reason: "stop" }] }),
      );
      expect((await chat({ organizationId, model: "parts", messages }, token)).data.chat).toMatchObject({ content });
    }
  });

  test("asks with the key that is named, or the newest of the provider that is", async () => {
    const person = await server.signIn();
    const { organizationId, token } = person;
    const named = await addKey(person);
    await addKey(person, { apiKey: `${apiKey}-newer` });
    await addKey(person, { apiKey: `${apiKey}-house`, provider: "house" });
    for (const more of [{ providerKeyId: named }, { provider: "openai" }, { provider: "house" }])
      expect((await chat({ organizationId, model: "any", messages, ...more }, token)).code).toBeNull();
    expect(upstream.asked.map(({ key }) => key)).toEqual([apiKey, `${apiKey}-newer`, `${apiKey}-house`]);
    expect(refused(await chat({ organizationId, model: "any", messages, provider: "groq" }, token))).toEqual({
      code: "BAD_USER_INPUT",
      field: "input.provider",
    });
  });

  test("is UPSTREAM_ERROR with the status where the provider fails, without what it said", async () => {
    const person = await server.signIn();
    const { organizationId, token } = person;
    await addKey(person);
    upstream.behave("fails", ({ key }, response) =>
      sendJson(response, { error: { message: `wrong key ${key}` } }, 401, { "x-echo": key }),
    );
    const answer = await chat({ organizationId, model: "fails", messages }, token);
    expect(answer).toMatchObject({
      code: "UPSTREAM_ERROR",
      errors: [{ message: "The provider answered 401.", extensions: { status: 401 } }],
    });
    upstream.behave("busy", (_, response) => sendJson(response, {}, 429, { "retry-after": "3" }));
    expect((await chat({ organizationId, model: "busy", messages }, token)).errors[0]?.extensions).toEqual({
      code: "UPSTREAM_ERROR",
      status: 429,
      retryAfter: 3,
    });
    upstream.behave("echo", ({ key }, response) =>
      sendJson(response, { id: key, model: key, choices: [{ message: { content: `It is ${key}` } }] }),
    );
    const echoed = await chat({ organizationId, model: "echo", messages }, token);
    expect(echoed.data.chat.content).toBe("It is ••••••••");
    for (const seen of [answer.text, echoed.text, server.output(), await tableDump(server.admin)])
      expect(seen).not.toContain(apiKey);
  });

  const wrong: [string, object][] = [
    ["input.model", { model: "" }],
    ["input.model", { model: "x".repeat(201) }],
    ["input.messages", { messages: [] }],
    ["input.maxTokens", { maxTokens: 0 }],
    ["input.temperature", { temperature: 2.5 }],
    ["input.temperature", { temperature: -1 }],
  ];
  test("refuses bad input by field, and asks nobody", async () => {
    const person = await server.signIn();
    const { organizationId, token } = person;
    await addKey(person);
    for (const [field, changes] of wrong) {
      const answer = await chat({ organizationId, model: "gpt-test", messages, ...changes }, token);
      expect(refused(answer), JSON.stringify(changes).slice(0, 40)).toEqual({ code: "BAD_USER_INPUT", field });
    }
    expect(upstream.asked).toEqual([]);
  });

  test("is FORBIDDEN below MEMBER, NOT_FOUND to strangers and UNAUTHENTICATED to nobody, who cost nothing", async () => {
    const owner = await server.signIn();
    const stranger = await server.signIn();
    const keyId = await addKey(owner);
    const foreignKey = await addKey(stranger);
    const ask = async (token?: string, more: object = {}) =>
      (await chat({ organizationId: owner.organizationId, model: "gpt-test", messages, ...more }, token)).code;
    expect(await ask((await server.signInMember(owner, "VIEWER")).token)).toBe("FORBIDDEN");
    expect(await ask(stranger.token)).toBe("NOT_FOUND");
    expect(await ask(stranger.token, { providerKeyId: keyId })).toBe("NOT_FOUND");
    expect(await ask(owner.token, { providerKeyId: foreignKey })).toBe("NOT_FOUND");
    expect(await ask()).toBe("UNAUTHENTICATED");
    for (const id of unknownIds) {
      expect(await ask(owner.token, { organizationId: id })).toBe("NOT_FOUND");
      expect(await ask(owner.token, { providerKeyId: id })).toBe("NOT_FOUND");
    }
    expect(upstream.asked).toEqual([]);
    expect(await ask((await server.signInMember(owner, "MEMBER")).token)).toBeNull();
  });

  test("ends upstream when the client goes away, and nothing that it asked beside begins", async () => {
    const person = await server.signIn();
    const keyId = await addKey(person);
    upstream.behave("never", () => undefined);
    const one = (name: string) => `${name}: chat(input: $input) { content }`;
    const controller = new AbortController();
    const asked = fetch(`${server.url}/graphql`, {
      method: "POST",
      signal: controller.signal,
      headers: { "content-type": "application/json", authorization: `Bearer ${person.token}` },
      body: JSON.stringify({
        query: `mutation($input: ChatInput!) { ${one("first")} ${one("second")} }`,
        variables: { input: { organizationId: person.organizationId, model: "never", messages, maxTokens: 70 } },
      }),
    });
    await isAsked(upstream);
    controller.abort();
    await expect(asked).rejects.toThrow("aborted");
    expect(await isAbandoned(upstream)).toBe(true);
    await vi.waitFor(async () => {
      const { rows } = await server.admin.query(
        "select outcome, output_tokens from cloakroom.provider_key_uses where provider_key_id = $1",
        [keyId],
      );
      expect(rows).toEqual([{ outcome: "ABORTED", output_tokens: 70 }]);
    }, 10_000);
    await pause(100);
    expect(upstream.asked).toHaveLength(1);
    expect(server.output()).not.toContain("request failed");
  });

  test("is CONFLICT for a key that is deactivated", async () => {
    const person = await server.signIn();
    const { organizationId, token } = person;
    const providerKeyId = await addKey(person);
    await requestsOf(server).updateProviderKey({ id: providerKeyId, active: false }, { token });
    expect((await chat({ organizationId, providerKeyId, model: "gpt-test", messages }, token)).code).toBe("CONFLICT");
    expect(upstream.asked).toEqual([]);
  });

  test("reaches no private address where that is not allowed, and says so without naming it", async () => {
    const closed = await startTestServer({ ALLOW_PRIVATE_UPSTREAMS: "false" });
    const person = await closed.signIn();
    const { organizationId, token } = person;
    for (const baseUrl of [
      upstream.url,
      upstream.url.replace("127.0.0.1", "localhost"),
      "http://[::ffff:127.0.0.1]/v1",
      "http://0x7f000001/v1",
    ]) {
      const provider = `p${Math.random().toString().slice(2)}`;
      const added = await requestsOf(closed).addProviderKey(
        { organizationId, provider, apiKey: `${apiKey}${baseUrl}`, baseUrl },
        { token },
      );
      // Where it is not even taken, chat would ask with the key before.
      const providerKeyId = added.data?.addProviderKey?.id;
      expect(providerKeyId, added.text).toBeTypeOf("string");
      const { code, errors } = await closed.graphql(
        "mutation($input: ChatInput!) { chat(input: $input) { content } }",
        { input: { organizationId, providerKeyId, model: "gpt-test", messages } },
        { token },
      );
      expect([code, errors[0]?.message]).toEqual([
        "UPSTREAM_ERROR",
        "The server makes no requests to this address: it leads to a private network, or to a port of another protocol.",
      ]);
    }
    expect(upstream.asked).toEqual([]);
    await closed.close();
  });
});
