import { type AddressInfo, createServer } from "node:net";
import { createGzip } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Plaintext } from "../../../src/services/crypto/plaintext.js";
import {
  type ChatProviders,
  createChatProviders,
} from "../../../src/services/outside/model-providers/model-providers.js";
import { createUpstreamFetch } from "../../../src/services/outside/upstream-fetch.js";
import {
  beginStream,
  type ModelUpstream,
  openaiChunk,
  pause,
  sendEvent,
  sendJson,
  startModelUpstream,
} from "../../support/model-upstream.js";

const apiKey = new Plaintext("sk-canary-0123456789-abcdefghij");
const messages = [{ role: "user", content: "one two three" }];

let upstream: ModelUpstream;
let connections = 0;
let providers: ChatProviders;
/** With limits that a test can wait for, and an answer that is not slow may miss. */
let hasty: ChatProviders;
const upstreamFetch = createUpstreamFetch({ allowPrivate: true });
const hastyFetch = createUpstreamFetch({ allowPrivate: true, headTimeoutMilliseconds: 150 });
beforeAll(async () => {
  upstream = await startModelUpstream(() => {
    connections += 1;
  });
  providers = createChatProviders(upstreamFetch.request);
  hasty = createChatProviders(hastyFetch.request, { totalMilliseconds: 400, shortMilliseconds: 200 });
});
afterAll(() => upstream.close());
afterEach(() => upstream.asked.splice(0));

const key = (more: object = {}) => ({ provider: "house", baseUrl: upstream.url, apiKey, ...more });
const readAll = async (model: string, signal?: AbortSignal, by = providers) => {
  const events = [];
  for await (const event of by.stream(key(), { model, messages, stream: true }, signal)) events.push(event);
  return events;
};

describe("trying a key", () => {
  it("asks for the models, or one small question of the model that is named", async () => {
    await providers.tryKey({ ...key(), model: null });
    await providers.tryKey({ ...key(), model: "gpt-test" });
    await providers.tryKey({ ...key({ provider: "anthropic", baseUrl: upstream.origin }), model: "claude-test" });
    expect(upstream.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/models",
      "POST /v1/chat/completions",
      "POST /v1/messages",
    ]);
    for (const { body } of upstream.asked.slice(1)) expect(body).toMatchObject({ max_tokens: 16 });
    expect(upstream.asked.map((asked) => asked.key)).toEqual(Array(3).fill(apiKey.reveal()));
  });

  it("is UPSTREAM_ERROR where the provider does not take it", async () => {
    upstream.behave("refuses", (asked, response) => sendJson(response, { error: { message: asked.key } }, 401));
    await expect(providers.tryKey({ ...key(), model: "refuses" })).rejects.toMatchObject({
      code: "UPSTREAM_ERROR",
      message: "The provider answered 401.",
      extensions: { status: 401 },
    });
    // No field of an input is named: each that leads here has others.
    await expect(providers.tryKey({ ...key({ baseUrl: null }), model: null })).rejects.toSatisfy(
      ({ code, extensions }) => code === "BAD_USER_INPUT" && Object.keys(extensions).length === 0,
    );
  });
});

describe("a call to a provider", () => {
  it("ends in time: before the head, between two pieces that never stop, and where nobody waits any more", async () => {
    upstream.behave("never", () => undefined);
    upstream.behave("endless", async ({ body }, response) => {
      beginStream(response);
      while (!response.destroyed) {
        sendEvent(response, openaiChunk(body.model, { content: "word " }));
        await pause(10);
      }
    });
    const tooSlow = { code: "UPSTREAM_ERROR", message: "The provider took too long to answer.", mayHaveWorked: true };
    await expect(hasty.complete(key(), { model: "never", messages })).rejects.toMatchObject(tooSlow);
    await expect(readAll("never", undefined, hasty)).rejects.toMatchObject(tooSlow);
    await expect(readAll("endless", undefined, hasty)).rejects.toMatchObject(tooSlow);
    const controller = new AbortController();
    const gone = new Error("gone");
    setTimeout(() => controller.abort(gone), 50);
    await expect(readAll("endless", controller.signal)).rejects.toBe(gone);
    await expect(readAll("endless", AbortSignal.abort(gone))).rejects.toBe(gone);
    await vi.waitFor(() => expect(upstream.asked.map((asked) => asked.isAbandoned())).not.toContain(false), 10_000);
  });

  it("ends in time for a reader who keeps what came longer than that", async () => {
    upstream.behave("at-once", ({ body }, response) => {
      beginStream(response);
      const chunk = JSON.stringify(openaiChunk(body.model, { content: "word " }));
      response.write(`data: ${chunk}\n\n`.repeat(5));
    });
    const events = hasty.stream(key(), { model: "at-once", messages, stream: true });
    expect(await events.next()).toMatchObject({ done: false });
    await pause(500);
    await expect(events.next()).rejects.toMatchObject({ message: "The provider took too long to answer." });
  });

  it("is over for the provider when the reader has enough", async () => {
    for await (const _ of providers.stream(key(), { model: "endless", messages, stream: true })) break;
    await vi.waitFor(() => expect(upstream.asked[0]?.isAbandoned()).toBe(true), 10_000);
  });

  it("leaves its connection to the next one", async () => {
    await readAll("gpt-test");
    const before = connections;
    for (let call = 0; call < 5; call++) {
      await pause(10);
      await readAll("gpt-test");
      await pause(10);
      await providers.complete(key(), { model: "gpt-test", messages });
    }
    expect(connections).toBe(before);
  });

  it("gives all of a text that ends like the key begins, also where the stream ends without saying why", async () => {
    upstream.behave("no-reason", ({ body }, response) => {
      beginStream(response);
      sendEvent(response, openaiChunk(body.model, { content: "Begin with sk-cana" }));
      sendEvent(response, "[DONE]");
      response.end();
    });
    upstream.behave("no-message-delta", (_, response) => {
      beginStream(response);
      sendEvent(response, { type: "message_start", message: { id: "m", model: "claude" } });
      const delta = { type: "text_delta", text: "Begin with sk-cana" };
      sendEvent(response, { type: "content_block_delta", index: 0, delta });
      sendEvent(response, { type: "message_stop" });
      response.end();
    });
    const said = async (model: string, more: object = {}) => {
      let text = "";
      for await (const event of providers.stream(key(more), { model, messages, stream: true }))
        if (event.kind === "chunk")
          for (const { delta } of event.chunk.choices as { delta?: { content?: string } }[])
            text += delta?.content ?? "";
      return text;
    };
    expect(await said("no-reason")).toBe("Begin with sk-cana");
    expect(await said("no-message-delta", { provider: "anthropic" })).toBe("Begin with sk-cana");
  });

  it("takes an answer that is packed although none was asked for, streams as they come", async () => {
    upstream.behave("packed", ({ headers, body }, response) => {
      expect(headers["accept-encoding"]).toBe("identity");
      response.writeHead(200, { "content-encoding": "gzip", "content-type": "application/json" });
      const packer = createGzip();
      packer.pipe(response);
      const choice = body.stream ? { delta: { content: "unpacked" } } : { message: { content: "unpacked" } };
      const text = JSON.stringify({ choices: [{ index: 0, ...choice, finish_reason: "stop" }] });
      packer.end(body.stream ? `data: ${text}\n\ndata: [DONE]\n\n` : text);
    });
    expect(JSON.stringify(await readAll("packed"))).toContain("unpacked");
    expect(JSON.stringify(await providers.complete(key(), { model: "packed", messages }))).toContain("unpacked");
  });

  it("keeps no connection to a provider whose error has no end", async () => {
    let open = 0;
    upstream.behave("drips", (_, response) => {
      open += 1;
      response.writeHead(500, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => {
        clearInterval(timer);
        open -= 1;
      });
    });
    const patient = createChatProviders(upstreamFetch.request);
    const refused = { extensions: { status: 500 } };
    const asked = Array.from({ length: 3 }, () =>
      expect(patient.complete(key(), { model: "drips", messages })).rejects.toMatchObject(refused),
    );
    await Promise.all(asked);
    await vi.waitFor(() => expect(open).toBe(0), 10_000);
  });

  it("waits for the head of an answer as long as for the whole of it", async () => {
    upstream.behave("thinks", async (_, response) => {
      await pause(250);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ choices: [] }));
    });
    const patient = createChatProviders(hastyFetch.request);
    expect(await patient.complete(key(), { model: "thinks", messages })).toEqual({ choices: [] });
  });

  it("ends a stream at [DONE], whatever blanks stand behind it", async () => {
    upstream.behave("blank", ({ body }, response) => {
      beginStream(response);
      sendEvent(response, openaiChunk(body.model, { content: "all" }, "stop"));
      sendEvent(response, "[DONE] ");
      response.end();
    });
    expect(await readAll("blank")).toHaveLength(1);
  });

  it("may have worked where what comes back is no HTTP", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end("HTP/1.1 no such thing\r\n\r\n"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    await expect(providers.complete(key({ baseUrl }), { model: "m", messages })).rejects.toMatchObject({
      message: "The provider's answer could not be understood.",
      mayHaveWorked: true,
    });
    server.close();
  });

  it("is told how long to wait in seconds, where the provider says until when, too", async () => {
    const waits: [retryAfter: string, expected: unknown][] = [
      ["7", 7],
      ["0.5", 1],
      ["0", undefined],
      ["soon 1", undefined],
      [new Date(Date.now() - 60_000).toUTCString(), 1],
    ];
    const waitAfter = async (retryAfter: string) => {
      upstream.behave("busy", (_, response) => sendJson(response, {}, 429, { "retry-after": retryAfter }));
      const refused = await providers.complete(key(), { model: "busy", messages }).catch((error: unknown) => error);
      return (refused as { extensions: { retryAfter?: number } }).extensions.retryAfter;
    };
    for (const [retryAfter, expected] of waits) expect(await waitAfter(retryAfter)).toBe(expected);
    const seconds = await waitAfter(new Date(Date.now() + 30_000).toUTCString());
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThanOrEqual(31);
  });

  it("says what the provider says went wrong, also where that comes as an answer", async () => {
    const error = { type: "rate_limit_error", message: apiKey.reveal() };
    upstream.behave("wrong", (_, response) => sendJson(response, { type: "error", error }));
    for (const provider of ["house", "anthropic"])
      await expect(providers.complete(key({ provider }), { model: "wrong", messages })).rejects.toMatchObject({
        message: "The provider broke its answer off with an error.",
        extensions: { status: 429, reason: "rate_limit_error" },
        mayHaveWorked: true,
      });
  });

  it("goes behind the path of the base URL, whose query stays", async () => {
    const urls: string[] = [];
    const recording = createChatProviders((url, options) => {
      urls.push(url);
      return upstreamFetch.request(url, options);
    });
    const baseUrl = (path: string) => upstream.origin + path;
    const azure = key({ baseUrl: baseUrl("/v1/?api-version=2024-10-21#top") });
    await recording.complete(azure, { model: "gpt-test", messages });
    await recording.models(azure);
    await recording.tryKey({ ...azure, model: null });
    for (const path of ["?a=b", "/v1?a=b", "/v1/", "/"]) {
      const anthropic = key({ provider: "anthropic", baseUrl: baseUrl(path) });
      await recording.complete(anthropic, { model: "claude-test", messages });
      await recording.models(anthropic);
    }
    expect(urls.map((url) => url.replace(upstream.origin, ""))).toEqual([
      "/v1/chat/completions?api-version=2024-10-21",
      "/v1/models?api-version=2024-10-21",
      "/v1/models?api-version=2024-10-21",
      "/v1/messages?a=b",
      "/v1/models?a=b&limit=1000",
      "/v1/messages?a=b",
      "/v1/models?a=b&limit=1000",
      "/v1/messages",
      "/v1/models?limit=1000",
      "/v1/messages",
      "/v1/models?limit=1000",
    ]);
  });

  it("is not made where the base URL is none", async () => {
    const nowhere = key({ baseUrl: "http://127.0.0.1:99999/v1" });
    await expect(providers.complete(nowhere, { model: "m", messages })).rejects.toMatchObject({
      message: "The provider could not be reached.",
      mayHaveWorked: false,
    });
  });

  it("refuses an answer beyond all bounds", async () => {
    upstream.behave("huge", (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const piece = Buffer.alloc(1024 * 1024, "x");
      for (let megabyte = 0; megabyte < 40; megabyte++) response.write(piece);
      response.end();
    });
    const patient = createChatProviders(upstreamFetch.request);
    await expect(patient.complete(key(), { model: "huge", messages })).rejects.toMatchObject({
      message: "The provider's answer could not be understood.",
    });
  });
});
