import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { browserOf } from "../support/browser.js";
import { type ChatStage, isAbandoned, isAsked, startChatStage } from "../support/chat-stage.js";
import { babbling } from "../support/model-behaviours.js";
import {
  type Behaviour,
  beginStream,
  openaiChunk,
  pause,
  sendEvent,
  sendJson,
  startModelUpstream,
} from "../support/model-upstream.js";
import { failureOf, openai, openaiClient, readStream } from "../support/openai-client.js";
import { newPhone, startTestServer } from "../support/server.js";
import { tableDump } from "../support/table-dump.js";

const messages = [{ role: "user", content: "one two three" }];

let stage: ChatStage;
let server: ChatStage["server"];
let upstream: ChatStage["upstream"];
let requests: ChatStage["requests"];
let { addKey, newcomer, usesOf, settled } = {} as ChatStage;
beforeAll(async () => {
  stage = await startChatStage();
  ({ server, upstream, requests, addKey, newcomer, usesOf, settled } = stage);
});
afterAll(() => stage?.close());
afterEach(() => upstream.asked.splice(0));

describe("OpenAI's own client with only its base URL changed", () => {
  test("gets a completion, asked with the organization's key and on record", async () => {
    const { person, apiKey, keyId, client } = await newcomer();
    const { choices, usage, model } = await client.chat.completions.create({ model: "gpt-test", messages, seed: 7 });
    expect(choices[0]).toMatchObject({ message: { content: "one two three" }, finish_reason: "stop" });
    expect({ usage, model }).toMatchObject({ usage: { prompt_tokens: 11, completion_tokens: 3 }, model: "gpt-test" });
    expect(upstream.asked).toHaveLength(1);
    const [asked] = upstream.asked;
    expect(asked).toMatchObject({ key: apiKey, body: { model: "gpt-test", messages, seed: 7 } });
    // Nothing of the caller's own request goes along.
    expect(JSON.stringify(asked?.headers)).not.toContain(person.token);
    expect(Object.keys(asked?.headers ?? {}).filter((name) => /^x-|cookie/.test(name))).toEqual([]);
    expect(await usesOf(keyId)).toEqual([
      { model: "gpt-test", input_tokens: 11, output_tokens: 3, outcome: "COMPLETED" },
    ]);
    const { rows } = await server.admin.query(
      "select actor_id, details from cloakroom.audit_events where target_id = $1 and action = 'PROVIDER_KEY_USED'",
      [keyId],
    );
    expect(rows).toEqual([{ actor_id: person.userId, details: expect.objectContaining({ model: "gpt-test" }) }]);
  });

  test("gets a stream, whose tokens are counted and shown to who asked for them alone", async () => {
    const { keyId, client } = await newcomer();
    const plain = await readStream(await client.chat.completions.create({ model: "gpt-test", messages, stream: true }));
    expect(plain.text).toBe("one two three");
    expect(plain.chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
    expect(plain.chunks.filter((chunk) => "usage" in chunk)).toEqual([]);
    const counted = await readStream(
      await client.chat.completions.create({
        model: "gpt-test",
        messages,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(counted.chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 3 } });
    const use = { model: "gpt-test", input_tokens: 11, output_tokens: 3, outcome: "COMPLETED" };
    expect(await usesOf(keyId)).toEqual([use, use]);
  });

  test("gets each piece of a stream when it comes, and not before", async () => {
    const { client } = await newcomer();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    upstream.behave("waits", async ({ body }, response) => {
      beginStream(response);
      sendEvent(response, openaiChunk(body.model, { content: "first" }));
      await released;
      sendEvent(response, openaiChunk(body.model, { content: "second" }, "stop"));
      sendEvent(response, "[DONE]");
      response.end();
    });
    const stream = await client.chat.completions.create({ model: "waits", messages, stream: true });
    const texts: unknown[] = [];
    for await (const { choices } of stream) {
      texts.push(choices[0]?.delta.content);
      release();
    }
    expect(texts).toEqual(["first", "second"]);
  });

  test("calls tools, in one answer and in a stream", async () => {
    const { client } = await newcomer();
    const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
    const request = { model: "gpt-test", messages, tools, tool_choice: "auto" };
    const { choices } = await client.chat.completions.create(request);
    expect(choices[0]?.message.tool_calls?.[0]?.function).toEqual({ name: "weather", arguments: '{"city":"Vienna"}' });
    const { chunks } = await readStream(await client.chat.completions.create({ ...request, stream: true }));
    const calls = chunks.flatMap(({ choices: [choice] }) => choice?.delta.tool_calls ?? []);
    expect(calls.map(({ function: { arguments: text } }) => text).join("")).toBe('{"city":"Vienna"}');
    expect(calls[0]).toMatchObject({ id: "call_1", function: { name: "weather" } });
    for (const { body } of upstream.asked) expect(body).toMatchObject({ tools, tool_choice: "auto" });
  });

  test("lists the models of all keys and retrieves one", async () => {
    const { person, client } = await newcomer();
    await addKey(person, {
      provider: "anthropic",
      apiKey: `sk-ant-api03-${"a".repeat(90)}AA`,
      baseUrl: upstream.origin,
    });
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id).sort()).toEqual(["claude-test", "gpt-other", "gpt-test", "text-test"]);
    expect(await client.models.retrieve("gpt-test")).toMatchObject({ id: "gpt-test", owned_by: "tests" });
    expect(await failureOf(client.models.retrieve("gpt-none"))).toBeInstanceOf(openai.NotFoundError);
  });

  test("lists the models of every key, also where there are many, a few keys at a time", async () => {
    const { person, client } = await newcomer();
    let underWay = 0;
    let most = 0;
    const providers = Array.from({ length: 24 }, (_, index) => `house-${index}`);
    for (const provider of providers) {
      upstream.behave(`/${provider}/models`, async (_, response) => {
        most = Math.max(most, ++underWay);
        await pause(50);
        underWay -= 1;
        sendJson(response, { data: [{ id: `model-of-${provider}` }] });
      });
      await addKey(person, { provider, baseUrl: `${upstream.origin}/${provider}` });
    }
    const listed = (await client.models.list()).data.map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(["gpt-test", ...providers.map((name) => `model-of-${name}`)]));
    expect(most).toBeLessThanOrEqual(10);
  });

  test("lists the models of the keys whose providers give a list, and fails where none does", async () => {
    const { person, client, keyId } = await newcomer();
    upstream.behave("/broken/models", (_, response) => sendJson(response, {}, 500));
    await addKey(person, { provider: "house", baseUrl: `${upstream.origin}/broken` });
    expect((await client.models.list()).data.map(({ id }) => id)).toContain("gpt-test");
    await requests.updateProviderKey({ id: keyId, active: false }, { token: person.token });
    expect(await failureOf(client.models.list())).toMatchObject({ status: 502, code: "UPSTREAM_ERROR" });
  });

  test("lists the models of the key that is named, and is told where that is none to be used", async () => {
    const { person, keyId } = await newcomer();
    await addKey(person, {
      provider: "anthropic",
      apiKey: `sk-ant-api03-${"d".repeat(90)}AA`,
      baseUrl: upstream.origin,
    });
    const stranger = await newcomer();
    const { organizationId, token } = person;
    const named = (providerKeyId: string) => openaiClient(server.url, token, organizationId, { providerKeyId }).models;
    expect((await named(keyId).list()).data.map(({ id }) => id)).toEqual(["gpt-test", "gpt-other", "text-test"]);
    for (const id of [stranger.keyId, "00000000-0000-4000-8000-000000000000", "x"])
      for (const ask of [() => named(id).list(), () => named(id).retrieve("gpt-test")])
        expect(await failureOf(ask())).toMatchObject({ status: 404, code: "NOT_FOUND" });
    await requests.updateProviderKey({ id: keyId, active: false }, { token });
    expect(await failureOf(named(keyId).list())).toMatchObject({ status: 409, code: "CONFLICT" });
    expect(await usesOf(stranger.keyId)).toEqual([]);
  });

  test("raises its own classes for who may not", async () => {
    const { person, client } = await newcomer();
    const ask = (token: string, organizationId: string | null, more = {}) =>
      failureOf(
        openaiClient(server.url, token, organizationId, more).chat.completions.create({ model: "gpt-test", messages }),
      );
    const nobody = await ask("no-token", person.organizationId);
    expect(nobody).toBeInstanceOf(openai.AuthenticationError);
    expect(nobody).toMatchObject({ status: 401, code: "UNAUTHENTICATED", type: "authentication_error" });
    const stranger = await server.signIn();
    expect(await ask(stranger.token, person.organizationId)).toBeInstanceOf(openai.NotFoundError);
    const viewer = await server.signInMember(person, "VIEWER");
    expect(await ask(viewer.token, person.organizationId)).toBeInstanceOf(openai.PermissionDeniedError);
    const homeless = await ask(person.token, null);
    expect(homeless).toBeInstanceOf(openai.BadRequestError);
    expect(homeless.message).toContain("x-organization-id");
    const { id: foreignKey } = await addKey(stranger);
    expect(await ask(person.token, person.organizationId, { providerKeyId: foreignKey })).toBeInstanceOf(
      openai.NotFoundError,
    );
    expect(await ask(person.token, "not-an-id")).toBeInstanceOf(openai.NotFoundError);
    expect(upstream.asked).toEqual([]);
    for (const body of [
      { messages },
      { model: "", messages },
      { model: "gpt-test" },
      { model: "gpt-test", messages: [] },
    ])
      expect(await failureOf(client.chat.completions.create(body))).toBeInstanceOf(openai.BadRequestError);
    expect(homeless).toMatchObject({ param: "x-organization-id", error: { field: "x-organization-id" } });
    for (const [param, more] of [
      ["max_tokens", { max_tokens: 0 }],
      ["messages.1", { messages: [...messages, "x"] }],
    ] as const)
      expect(await failureOf(client.chat.completions.create({ model: "gpt-test", messages, ...more }))).toMatchObject({
        status: 400,
        param,
        error: { code: "BAD_USER_INPUT", param, field: param },
      });
    expect(nobody).toMatchObject({ param: null });
    const member = await server.signInMember(person, "MEMBER");
    const answer = await openaiClient(server.url, member.token, person.organizationId).chat.completions.create({
      model: "gpt-test",
      messages,
    });
    expect(answer.choices[0]?.message.content).toBe("one two three");
  });
});

describe("a client that goes away", () => {
  const endless: Behaviour = async ({ body }, response) => {
    beginStream(response);
    while (!response.destroyed) {
      sendEvent(response, openaiChunk(body.model, { content: "word " }));
      await pause(10);
    }
  };

  test("in the middle of a stream ends it upstream, and what came is counted", async () => {
    const { keyId, client } = await newcomer();
    upstream.behave("endless", endless);
    const stream = await client.chat.completions.create({ model: "endless", messages, stream: true });
    let pieces = 0;
    for await (const _ of stream) if (++pieces === 5) break;
    expect(await isAbandoned(upstream)).toBe(true);
    const [use] = await settled(keyId);
    expect(use).toMatchObject({ outcome: "ABORTED" });
    expect(use?.output_tokens).toBeGreaterThanOrEqual(5);
    expect(use?.output_tokens).toBeLessThan(3_000);
  });

  test("before there is an answer ends the call upstream", async () => {
    const { keyId, client } = await newcomer();
    upstream.behave("never", () => undefined);
    for (const stream of [false, true]) {
      upstream.asked.splice(0);
      const controller = new AbortController();
      const asked = failureOf(
        client.chat.completions.create({ model: "never", messages, stream }, { signal: controller.signal }),
      );
      await isAsked(upstream);
      controller.abort();
      expect(await asked).toBeInstanceOf(openai.APIUserAbortError);
      expect(await isAbandoned(upstream)).toBe(true);
    }
    const uses = await settled(keyId);
    expect(uses.map(({ outcome }) => outcome)).toEqual(["ABORTED", "ABORTED"]);
    // Who leaves at the last moment has not asked for nothing.
    for (const { output_tokens } of uses) expect(output_tokens).toBe(4096);
  });
});

describe("an upstream that fails", () => {
  test("is an error of its status, without a word of what it said", async () => {
    const { apiKey, keyId, client } = await newcomer();
    const statuses: [number, number, boolean][] = [
      [400, 400, false],
      [401, 502, false],
      [403, 502, false],
      [404, 404, false],
      [422, 422, false],
      [429, 429, true],
      [500, 502, true],
      [529, 502, true],
    ];
    for (const [status, shown, isRetried] of statuses)
      for (const stream of [false, true]) {
        upstream.behave("fails", ({ key }, response) =>
          sendJson(
            response,
            { error: { message: `bad key ${key}`, code: key, type: "context_length_exceeded" } },
            status,
            {
              "x-echo": key,
              "retry-after": "7",
            },
          ),
        );
        const failure = await failureOf(client.chat.completions.create({ model: "fails", messages, stream }));
        expect(failure).toMatchObject({
          status: shown,
          code: "UPSTREAM_ERROR",
          error: { message: `The provider answered ${status}.`, status, reason: "context_length_exceeded" },
        });
        expect(failure.headers?.get("x-should-retry")).toBe(String(isRetried));
        expect(failure.headers?.get("retry-after")).toBe("7");
        expect(JSON.stringify([failure, [...(failure.headers ?? [])]])).not.toContain(apiKey);
      }
    expect(new Set((await usesOf(keyId)).map((use) => JSON.stringify(use)))).toEqual(
      new Set([JSON.stringify({ model: "fails", input_tokens: 0, output_tokens: 0, outcome: "UPSTREAM_ERROR" })]),
    );
  });

  const failures: [string, Behaviour, RegExp][] = [
    [
      "rubbish",
      (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<h1>It works"),
      /underst/,
    ],
    ["no-choices", (_, response) => sendJson(response, { object: "chat.completion" }), /understood/],
    ["hangs-up", (_, response) => void response.socket?.destroy(), /cut off/],
    [
      "redirect",
      ({ key }, response) => void response.writeHead(307, { location: `/v1/x?key=${key}` }).end(),
      /answered 307/,
    ],
  ];
  test.each(failures)("by %s is UPSTREAM_ERROR", async (name, behaviour, told) => {
    const { client, keyId, apiKey } = await newcomer();
    upstream.behave(name, behaviour);
    for (const stream of [false, true]) {
      const failure = await failureOf(client.chat.completions.create({ model: name, messages, stream }));
      expect(failure).toMatchObject({ status: 502, code: "UPSTREAM_ERROR" });
      expect(failure.message).toMatch(told);
      expect(JSON.stringify([failure, [...(failure.headers ?? [])]])).not.toContain(apiKey);
    }
    for (const { outcome } of await settled(keyId)) expect(outcome).toBe("UPSTREAM_ERROR");
  });

  const broken: [string, Behaviour][] = [
    ["breaks-off", (_, response) => void setTimeout(() => response.socket?.destroy(), 50)],
    ["ends-too-soon", (_, response) => void response.end()],
    [
      "reports-an-error",
      ({ key }, response) => void sendEvent(response, { error: { message: key, type: "server_error" } }),
    ],
    ["sends-rubbish", ({ key }, response) => void sendEvent(response, `{"choices": ${key}`)],
  ];
  test.each(broken)("in the middle of a stream (%s) is an error at that place", async (name, behaviour) => {
    const { client, apiKey, keyId } = await newcomer();
    upstream.behave(name, (asked, response) => {
      beginStream(response);
      sendEvent(response, openaiChunk(name, { content: "begun" }));
      return behaviour(asked, response);
    });
    const stream = await client.chat.completions.create({ model: name, messages, stream: true });
    const texts: unknown[] = [];
    const failure = await failureOf(
      (async () => {
        for await (const { choices } of stream) texts.push(choices[0]?.delta.content);
      })(),
    );
    expect(texts).toEqual(["begun"]);
    expect(failure).toBeInstanceOf(openai.APIError);
    expect(failure).toMatchObject({ code: "UPSTREAM_ERROR" });
    expect(JSON.stringify(failure)).not.toContain(apiKey);
    const [use] = await settled(keyId);
    expect(use).toMatchObject({ outcome: "UPSTREAM_ERROR" });
    expect(use?.output_tokens).toBeGreaterThan(0);
  });

  test("by not being there, or without an address, is said in a sentence", async () => {
    const closed = await startModelUpstream();
    await closed.close();
    const { client } = await newcomer({ baseUrl: closed.url });
    const gone = await failureOf(client.chat.completions.create({ model: "gpt-test", messages }));
    expect(gone).toMatchObject({ status: 502, error: { message: "The provider could not be reached." } });
    expect(gone.headers?.get("x-should-retry")).toBe("false");
    const house = await newcomer({ provider: "house-model", baseUrl: null });
    const nowhere = await failureOf(house.client.chat.completions.create({ model: "any", messages }));
    expect(nowhere).toMatchObject({ status: 400, code: "BAD_USER_INPUT" });
  });
});

test("an upstream that echoes the key everywhere shows it to nobody", async () => {
  const { apiKey, client, person } = await newcomer();
  const forms = (key: string) => ({
    plain: key,
    [`in a name ${key}`]: 1,
    base64: Buffer.from(`Bearer ${key}`).toString("base64"),
    base64url: Buffer.from(`x:${key}`).toString("base64url"),
    hex: Buffer.from(key).toString("hex"),
    nested: JSON.stringify({ authorization: `Bearer ${key}` }),
  });
  upstream.behave("echo", ({ key, headers, body }, response) => {
    const echoed = { "x-echo": key, "set-cookie": `k=${key}`, "x-request-id": key };
    const message = { role: "assistant", content: `Your key is ${key}.`, ...forms(key) };
    if (!body.stream)
      return sendJson(
        response,
        { id: key, model: key, headers, choices: [{ index: 0, message, finish_reason: "stop" }] },
        200,
        echoed,
      );
    beginStream(response, echoed);
    response.write(`: ${key}\nid: ${key}\nevent: ${key}\n\n`);
    // Escaped, so that its bytes are not to be seen, and cut in the middle of the key.
    const escaped = [...key].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    const event = `data: {"id":"${escaped}","choices":[{"index":0,"delta":{"content":"Your key is ${escaped}. "}}]}\n\n`;
    response.write(event.slice(0, 80));
    setTimeout(() => {
      response.write(event.slice(80));
      for (const letter of `And again: ${key}, bye`) sendEvent(response, openaiChunk(key, { content: letter }));
      for (const letter of key)
        sendEvent(response, openaiChunk("m", { tool_calls: [{ index: 0, function: { arguments: letter } }] }));
      sendEvent(response, { ...openaiChunk("m", forms(key), "stop"), error: null });
      sendEvent(response, "[DONE]");
      response.end();
    }, 30);
  });
  const seen: string[] = [];
  for (const stream of [false, true]) {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${person.token}`,
        "x-organization-id": person.organizationId,
        "content-type": "application/json",
      },
      body: JSON.stringify({ model: "echo", messages, stream }),
    });
    expect(response.status).toBe(200);
    seen.push(JSON.stringify([...response.headers]), await response.text());
  }
  const { text, chunks } = await readStream(
    await client.chat.completions.create({ model: "echo", messages, stream: true }),
  );
  expect(text).toMatch(/^Your key is •+\. And again: sk-•+, bye$/);
  const argued = chunks.flatMap(({ choices: [choice] }) => choice?.delta.tool_calls ?? []);
  seen.push(argued.map(({ function: called }) => called.arguments).join(""), JSON.stringify(chunks));
  seen.push(server.output(), await tableDump(server.admin));
  const secret = apiKey.slice(3);
  const bytes = Buffer.from(secret);
  for (const form of [secret, secret.slice(0, 16), bytes.toString("hex"), bytes.toString("base64").slice(4, 20)])
    for (const text of seen) expect(text.includes(form), form).toBe(false);
  for (const offset of [1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(4, 24);
    for (const text of seen) expect(text.includes(shifted)).toBe(false);
  }
});

test("an upstream that says most of the key letter by letter, and how likely it was, tells nobody", async () => {
  const { apiKey, client } = await newcomer();
  upstream.behave("babbling", babbling);
  const request = { model: "babbling", messages, logprobs: true, top_logprobs: 1 };
  const { choices } = await client.chat.completions.create(request);
  expect(choices[0]).toMatchObject({ message: { content: "••••••••" }, logprobs: null, finish_reason: "length" });
  const { chunks, text } = await readStream(await client.chat.completions.create({ ...request, stream: true }));
  expect(text).toBe("It is sk-••••••••");
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("length");
  const deltas = chunks.map(({ choices: [choice] }) => (choice?.delta ?? {}) as Record<string, string>);
  const calls = chunks.flatMap(({ choices: [choice] }) => choice?.delta.tool_calls ?? []);
  const texts = [
    deltas.map(({ reasoning_content: reasoning = "" }) => reasoning),
    deltas.map(({ function_call: call }) => (call as { arguments?: string } | undefined)?.arguments ?? ""),
    calls.map(({ function: called }) => called.arguments ?? ""),
    calls.map(({ function: called }) => called.name ?? ""),
  ];
  for (const pieces of texts) expect(pieces.join("")).toBe("It is sk-••••••••");
  const probabilities = chunks.flatMap(({ choices: [choice] }) => (choice as { logprobs?: unknown }).logprobs ?? []);
  const told = (probabilities as { content: { token: string }[] }[]).flatMap(({ content }) => content);
  // What came before the key, and its prefix, with which the text might have ended.
  expect(told.map(({ token }) => token).join("")).toBe("It is sk-canary-");
  expect(JSON.stringify(told)).not.toContain(JSON.stringify([...Buffer.from(apiKey.slice(10, 11))]));
});

describe("the key that serves", () => {
  test("is the one that is named, else the one that the model's name points to, else the newest", async () => {
    const person = await server.signIn();
    const keys = {
      openai: await addKey(person),
      anthropic: await addKey(person, {
        provider: "anthropic",
        baseUrl: upstream.origin,
        apiKey: `sk-ant-api03-${"b".repeat(90)}AA`,
      }),
      house: await addKey(person, { provider: "house" }),
      newest: await addKey(person, { provider: "xai", apiKey: `xai-${"c".repeat(80)}` }),
    };
    const servedBy = async (model: string, providerKeyId?: string) => {
      upstream.asked.splice(0);
      const client = openaiClient(server.url, person.token, person.organizationId, {
        ...(providerKeyId && { providerKeyId }),
      });
      await client.chat.completions.create({ model, messages });
      const [asked] = upstream.asked;
      const [name] = Object.entries(keys).find(([, { apiKey }]) => apiKey === asked?.key) ?? [asked?.key];
      return [name, asked?.path, asked?.body.model];
    };
    expect(await servedBy("gpt-test")).toEqual(["openai", "/v1/chat/completions", "gpt-test"]);
    expect(await servedBy("claude-test")).toEqual(["anthropic", "/v1/messages", "claude-test"]);
    expect(await servedBy("house/gpt-test")).toEqual(["house", "/v1/chat/completions", "gpt-test"]);
    expect(await servedBy("some-model")).toEqual(["house", "/v1/chat/completions", "some-model"]);
    expect(await servedBy("grok-4")).toEqual(["newest", "/v1/chat/completions", "grok-4"]);
    expect(await servedBy("gpt-test", keys.house.id)).toEqual(["house", "/v1/chat/completions", "gpt-test"]);
    expect(await servedBy("openai/some-model")).toEqual(["openai", "/v1/chat/completions", "some-model"]);
    // Whoever names the key has no need of a prefix, so that there it is a part of the name.
    expect(await servedBy("house/some-model", keys.house.id)).toEqual([
      "house",
      "/v1/chat/completions",
      "house/some-model",
    ]);
  });

  test("is another where the one that was chosen is rotated at that very moment", async () => {
    const { person, client, keyId } = await newcomer();
    await addKey(person, { provider: "house" });
    let isRotating = true;
    const ask = async () => {
      while (isRotating) await client.chat.completions.create({ model: "gpt-test", messages });
    };
    const rotate = async () => {
      let id = keyId;
      try {
        for (let turn = 0; turn < 20; turn++) {
          const apiKey = `sk-canary-${randomBytes(16).toString("hex")}`;
          const { data, text } = await requests.rotateProviderKey({ id, apiKey }, { token: person.token });
          if (!data?.rotateProviderKey) throw new Error(text);
          id = data.rotateProviderKey.id;
          await pause(50);
        }
      } finally {
        isRotating = false;
      }
    };
    const ends = await Promise.allSettled([rotate(), ...Array.from({ length: 4 }, ask)]);
    expect(ends.filter(({ status }) => status === "rejected")).toEqual([]);
    const keys = new Set(upstream.asked.map(({ key }) => key));
    expect(keys.size).toBeGreaterThan(1);
  }, 60_000);

  test("is none that is deactivated, and there may be none", async () => {
    const { person, keyId, client } = await newcomer();
    await requests.updateProviderKey({ id: keyId, active: false }, { token: person.token });
    const failure = await failureOf(client.chat.completions.create({ model: "gpt-test", messages }));
    expect(failure).toMatchObject({ status: 400, code: "BAD_USER_INPUT" });
    const named = openaiClient(server.url, person.token, person.organizationId, { providerKeyId: keyId });
    expect(await failureOf(named.chat.completions.create({ model: "gpt-test", messages }))).toMatchObject({
      status: 409,
      code: "CONFLICT",
    });
    expect((await client.models.list()).data).toEqual([]);
    expect(upstream.asked).toEqual([]);
  });
});

describe("an Anthropic upstream", () => {
  const anthropicKey = () => `sk-ant-api03-${randomBytes(45).toString("hex").slice(0, 90)}AA`;
  const add = () => newcomer({ provider: "anthropic", baseUrl: upstream.origin, apiKey: anthropicKey() });

  test("answers OpenAI's client in its own words", async () => {
    const { client, keyId } = await add();
    const system = { role: "system", content: "Be brief." };
    const answer = await client.chat.completions.create({
      model: "claude-test",
      messages: [system, ...messages],
      max_tokens: 50,
      temperature: 1.5,
      stop: "END",
    });
    expect(answer).toMatchObject({
      id: "msg_test",
      object: "chat.completion",
      model: "claude-test",
      choices: [{ index: 0, message: { role: "assistant", content: "one two three" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
    });
    expect(upstream.asked[0]).toMatchObject({ path: "/v1/messages", headers: { "anthropic-version": "2023-06-01" } });
    expect(upstream.asked[0]?.headers.authorization).toBeUndefined();
    expect(upstream.asked[0]?.body).toEqual({
      model: "claude-test",
      system: [{ type: "text", text: "Be brief." }],
      messages: [{ role: "user", content: [{ type: "text", text: "one two three" }] }],
      max_tokens: 50,
      temperature: 1,
      stop_sequences: ["END"],
    });
    expect(await usesOf(keyId)).toMatchObject([{ input_tokens: 11, output_tokens: 3, outcome: "COMPLETED" }]);
  });

  test("streams, and calls tools in a stream", async () => {
    const { client } = await add();
    const stream_options = { include_usage: true };
    const request = { model: "claude-test", messages, stream: true as const, stream_options };
    const plain = await readStream(await client.chat.completions.create(request));
    expect(plain.text).toBe("one two three");
    expect(plain.chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(plain.chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 3 } });
    const tools = [
      { type: "function", function: { name: "weather", description: "d", parameters: { type: "object" } } },
    ];
    const called = await readStream(
      await client.chat.completions.create({ ...request, tools, tool_choice: "required" }),
    );
    const calls = called.chunks.flatMap(({ choices: [choice] }) => choice?.delta.tool_calls ?? []);
    expect(calls[0]).toMatchObject({ index: 0, id: "toolu_1", function: { name: "weather" } });
    expect(JSON.parse(calls.map(({ function: { arguments: text } }) => text).join(""))).toEqual({ city: "Vienna" });
    expect(upstream.asked.at(-1)?.body).toMatchObject({
      tools: [{ name: "weather", description: "d", input_schema: { type: "object" } }],
      tool_choice: { type: "any" },
    });
  });
});

test("what is not served there is said in OpenAI's shape", async () => {
  const statusAndCode = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${server.url}/v1${path}`, init);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    return [response.status, error.code];
  };
  expect(await statusAndCode("/embeddings")).toEqual([404, "NOT_FOUND"]);
  expect(await statusAndCode("/chat/completions")).toEqual([405, "BAD_USER_INPUT"]);
  const person = await server.signIn();
  const headers = {
    "content-type": "application/json",
    authorization: `Bearer ${person.token}`,
    "x-organization-id": person.organizationId,
  };
  const post = (body: string) => statusAndCode("/chat/completions", { method: "POST", headers, body });
  expect(await post("{")).toEqual([400, "BAD_USER_INPUT"]);
  expect(await post(JSON.stringify({ model: "x".repeat(11 * 1024 * 1024) }))).toEqual([413, "BAD_USER_INPUT"]);
  const deep = `{"model":"m","messages":[{"role":"user","content":${"[".repeat(200_000)}${"]".repeat(200_000)}}]}`;
  expect(await post(deep)).toEqual([400, "BAD_USER_INPUT"]);
});

describe("who asks", () => {
  /** Sends a head that promises a body, and no body. */
  const answerTo = (headers: Record<string, string>, path = "/v1/chat/completions") =>
    new Promise<string>((resolve, reject) => {
      const lines = Object.entries({ host: "localhost", "content-length": "9000000", ...headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () =>
        socket.write(`POST ${path} HTTP/1.1\r\ncontent-type: application/json\r\n${lines.join("")}\r\n`),
      );
      let answer = "";
      socket.on("error", reject).on("data", (data) => {
        answer += data;
        if (/\}\s*$/.test(answer)) socket.destroy();
      });
      socket.on("close", () => resolve(answer));
      socket.setTimeout(10_000, () => socket.destroy());
    });

  test("is known before a body is read, and so is an address at which nothing is", async () => {
    const { person } = await newcomer();
    expect(await answerTo({})).toMatch(/^HTTP\/1.1 401 [\s\S]*"code":"UNAUTHENTICATED"/);
    expect(await answerTo({ authorization: "Bearer no-token" })).toMatch(/^HTTP\/1.1 401 /);
    expect(await answerTo({ authorization: `Bearer ${person.token}` })).toMatch(
      /^HTTP\/1.1 400 [\s\S]*x-organization-id/,
    );
    expect(await answerTo({}, "/v1/embeddings")).toMatch(/^HTTP\/1.1 404 /);
  });

  test("is counted before a body is read", async () => {
    const busy = await startTestServer({ REQUESTS_PER_MINUTE: "12" });
    const person = await busy.signIn();
    const ask = () =>
      fetch(`${busy.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json" },
        body: "{",
      });
    const statuses = new Set<number>();
    for (let attempt = 0; attempt < 20; attempt++) statuses.add((await ask()).status);
    expect(statuses).toContain(429);
    await busy.close();
  });

  test("is nobody by a cookie, also on a page of an origin that may call; a preflight needs nobody", async () => {
    const origin = "https://app.example.com";
    const open = await startTestServer({ CORS_ORIGINS: origin });
    const browser = browserOf(open);
    const { data } = await browser.signIn(newPhone());
    const [organization] = data.confirmVerification.user.organizations;
    const cookies = { cookie: browser.cookieHeader(), "x-csrf-token": await browser.csrfToken(), origin };
    for (const [path, method] of [
      ["/models", "GET"],
      ["/chat/completions", "POST"],
    ] as const) {
      const response = await fetch(`${open.url}/v1${path}`, {
        method,
        headers: { ...cookies, "x-organization-id": organization?.id ?? "", "content-type": "application/json" },
        ...(method === "POST" && { body: JSON.stringify({ model: "gpt-test", messages }) }),
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("access-control-allow-origin")).toBe(origin);
      expect(await response.json()).toMatchObject({ error: { code: "UNAUTHENTICATED" } });
    }
    const preflight = await fetch(`${open.url}/v1/chat/completions`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-organization-id");
    await open.close();
  });
});
