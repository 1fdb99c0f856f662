import { connect, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallerContext } from "../../../src/http/admission.js";
import { createFrontDoor } from "../../../src/http/front-door.js";
import { acceptJsonBodies } from "../../../src/http/json-body.js";
import { addOpenaiRoutes } from "../../../src/http/openai-routes.js";
import { ClientGone } from "../../../src/services/client-gone.js";
import { createChatProviders } from "../../../src/services/outside/model-providers/model-providers.js";
import { createUpstreamFetch } from "../../../src/services/outside/upstream-fetch.js";
import { chatService, somebody } from "../../support/chat-service.js";
import { isAbandoned } from "../../support/chat-stage.js";
import {
  type Behaviour,
  beginStream,
  type ModelUpstream,
  openaiChunk,
  pause,
  sendEvent,
  startModelUpstream,
} from "../../support/model-upstream.js";

const providers = createChatProviders(createUpstreamFetch({ allowPrivate: true }).request);
const messages = [{ role: "user", content: "one two three" }];
const patienceMilliseconds = 1_500;

let upstream: ModelUpstream;
let service: ReturnType<typeof chatService>;
let server: FastifyInstance;
let takes = 0;
let admitted: () => Promise<CallerContext> = async () => ({ user: somebody.user });
beforeAll(async () => {
  upstream = await startModelUpstream();
  const key = { provider: "house", baseUrl: upstream.url, apiKey: "sk-canary-0123456789" };
  service = chatService(providers, key, {
    onTake: () => {
      takes += 1;
    },
  });
  const formatError = () => ({ message: "It failed.", extensions: { code: "INTERNAL_SERVER_ERROR" } });
  server = createFrontDoor(formatError);
  acceptJsonBodies(server);
  addOpenaiRoutes(server, {
    config: { corsOrigins: [] },
    admit: () => admitted(),
    chat: service.chat,
    formatError,
    readerPatienceMilliseconds: patienceMilliseconds,
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => Promise.all([server.close(), upstream.close()]));
beforeEach(() => {
  takes = 0;
  upstream.asked.splice(0);
  service.ended.splice(0);
});

/** A client that asks, and reads only what it is told to. */
function ask(model: string): Promise<Socket> {
  const body = JSON.stringify({ model, messages, stream: true });
  const head = ["POST /v1/chat/completions HTTP/1.1", "host: localhost", "authorization: Bearer x"]
    .concat("x-organization-id: organization-1", "content-type: application/json", `content-length: ${body.length}`)
    .join("\r\n");
  const { port } = server.server.address() as { port: number };
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.pause();
      socket.write(`${head}\r\n\r\n${body}`);
      resolve(socket);
    });
    socket.on("error", () => undefined);
  });
}

async function ended() {
  for (let attempt = 0; attempt < 1_000 && service.ended.length === 0; attempt++) await pause(20);
  return service.ended;
}

const openConnections = () =>
  new Promise<number>((resolve) => server.server.getConnections((_, count) => resolve(count)));

/** As fast as it is read. */
const flood: Behaviour = async ({ body }, response) => {
  beginStream(response);
  while (!response.destroyed)
    if (!sendEvent(response, openaiChunk(body.model, { content: "word ".repeat(4_000) }))) await pause(5);
};

describe("a reader of a stream", () => {
  it("that takes nothing is hung up on, and the call ends upstream and is settled", async () => {
    upstream.behave("flood", flood);
    const socket = await ask("flood");
    expect(await ended()).toMatchObject([{ outcome: "ABORTED" }]);
    expect(await isAbandoned(upstream)).toBe(true);
    socket.destroy();
  });

  it("that takes its time, but less than the patience there is, gets it all", async () => {
    upstream.behave("much", ({ body }, response) => {
      beginStream(response);
      for (let piece = 0; piece < 100; piece++)
        sendEvent(response, openaiChunk(body.model, { content: "word ".repeat(4_000) }));
      sendEvent(response, openaiChunk(body.model, {}, "stop"));
      sendEvent(response, "[DONE]");
      response.end();
    });
    const socket = await ask("much");
    let text = "";
    socket.on("data", (data) => {
      text += data;
      socket.pause();
      setTimeout(() => socket.resume(), 10);
    });
    socket.resume();
    expect(await ended()).toMatchObject([{ outcome: "COMPLETED" }]);
    for (let attempt = 0; attempt < 1_000 && !text.includes("[DONE]"); attempt++) await pause(20);
    expect(text.match(/word /g)).toHaveLength(400_000);
    socket.destroy();
  });

  it("that hangs up while the server looks who it is costs nothing", async () => {
    let goOn = () => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const arrived = new Promise<void>((resolve) => {
      admitted = async () => {
        resolve();
        await waiting;
        return { user: somebody.user };
      };
    });
    const socket = await ask("gpt-test");
    await arrived;
    socket.destroy();
    await vi.waitFor(async () => expect(await openConnections()).toBe(0), 10_000);
    goOn();
    await pause(100);
    expect(takes).toBe(0);
    expect(upstream.asked).toEqual([]);
  });
});

describe("a caller who hangs up while the key is taken", () => {
  it.each(["complete", "stream"] as const)("costs nothing, since nothing was sent (%s)", async (method) => {
    const controller = new AbortController();
    const key = { provider: "house", baseUrl: upstream.url, apiKey: "sk-canary-0123456789" };
    const { chat, ended } = chatService(providers, key, { onTake: () => controller.abort(new ClientGone()) });
    const request = { model: "gpt-test", messages };
    const asked =
      method === "complete"
        ? chat.complete(somebody, request, controller.signal)
        : chat.stream(somebody, { ...request, stream: true }, controller.signal).next();
    await expect(asked).rejects.toBeInstanceOf(ClientGone);
    expect(ended).toEqual([{ useId: "use-1", inputTokens: 0, outputTokens: 0, outcome: "ABORTED" }]);
    expect(upstream.asked).toEqual([]);
  });
});
