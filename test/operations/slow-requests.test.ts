import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeSecrets, readSettings } from "../../src/config.js";
import type { BrowserSide } from "../../src/http/browser.js";
import { createMetrics } from "../../src/metrics.js";
import { createHttpServer, type HttpServer, type HttpServerParts } from "../../src/server.js";
import type { Chat } from "../../src/services/chat.js";
import type { ForwardedRequest } from "../../src/services/outside/oauth-proxy.js";

const secrets = {
  SUPABASE_JWT_SECRET: "x".repeat(32),
  DATABASE_SALT: "x".repeat(32),
  VAULT_ROOT_KEY: "A".repeat(43),
  RELAY_WEBHOOK_SECRET: "x".repeat(32),
};
/** No drip may be late by the longer one; that many last for more than twice as long. */
const drips = 110;
const limits = { wholeMilliseconds: 300, pauseMilliseconds: 2_000 };
const caller = { role: "authenticated", claims: { sub: "somebody" }, accessToken: null, clientAddress: null } as const;

/** Answers at once where it is asked to, and says how much came when all of it has. */
async function forward(_: unknown, { body, rest }: ForwardedRequest) {
  async function* counted() {
    if (rest.startsWith("at-")) yield Buffer.from("here: ");
    if (rest === "at-leisure") await sleep(3_000);
    if (rest === "at-leisure") yield Buffer.from("and there");
    let size = 0;
    for await (const piece of body ?? []) size += (piece as Buffer).length;
    yield Buffer.from(String(size));
  }
  if (rest.startsWith("at-")) return { status: 200, headers: {}, body: counted() };
  const said: Uint8Array[] = [];
  for await (const piece of counted()) said.push(piece);
  return {
    status: 200,
    headers: {},
    body: (async function* () {
      yield* said;
    })(),
  };
}

describe("a request that takes its time", () => {
  let server: HttpServer;
  let port: number;
  beforeAll(async () => {
    const fields = { hello: { type: GraphQLString, resolve: () => "hello" } };
    server = createHttpServer({
      config: completeSecrets(readSettings({ ...secrets, PORT: "0", REQUESTS_PER_MINUTE: "0" })),
      schema: new GraphQLSchema({ query: new GraphQLObjectType({ name: "Query", fields }) }),
      createContext: () => ({
        user: caller,
        browser: { admitReading() {}, async admitMutation() {}, sessionId: null } satisfies Partial<BrowserSide>,
      }),
      isReady: async () => true,
      metrics: createMetrics(),
      chat: {} as Chat,
      hooks: { receive: async () => null, note: () => undefined },
      integrations: {
        integrations: { uses: { lend: async () => ({ end() {} }) } },
        proxy: { forward },
      } as unknown as HttpServerParts["integrations"],
      log: pino({ level: "silent" }),
      arrivalLimits: limits,
    });
    port = Number(new URL((await server.listen()).url).port);
  });
  afterAll(() => server.close());

  const proxied = (rest: string) => `/integrations/00000000-0000-4000-8000-000000000000/proxy/${rest}`;
  const begun = (path: string, body: string, length = 10_000): Socket => {
    const socket = connect(port, "127.0.0.1");
    const head = [
      `POST ${path} HTTP/1.1`,
      "host: localhost",
      "authorization: Bearer of-somebody",
      "x-organization-id: 1",
    ];
    socket.write([...head, "content-type: application/json", `content-length: ${length}`, "", body].join("\r\n"));
    return socket;
  };
  /** All that comes until the server hangs up. */
  async function heard(socket: Socket): Promise<string> {
    let text = "";
    socket.on("data", (piece: Buffer) => {
      text += piece;
    });
    // Whoever writes to one who has hung up is told so in an error, after which it is closed too.
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("close", resolve));
    return text;
  }
  /** A byte now and then, for as long as somebody listens. */
  function dripping(socket: Socket, times = Number.POSITIVE_INFINITY): void {
    let sent = 0;
    const drip = setInterval(() => {
      if (socket.destroyed || sent++ >= times) return clearInterval(drip);
      socket.write(" ");
    }, 40);
  }

  test("is cut off where its body is not there in time, with 408 and the headers of every answer", async () => {
    for (const path of ["/graphql", "/v1/chat/completions", "/hooks/1", "/nowhere"]) {
      const started = performance.now();
      const socket = begun(path, "{");
      dripping(socket);
      const text = await heard(socket);
      expect(text, path).toMatch(/^HTTP\/1.1 408/);
      expect(text).toContain("x-content-type-options: nosniff");
      expect(performance.now() - started).toBeLessThan(7_000);
    }
  });

  test("to a service may go on for as long as its body goes on", async () => {
    const socket = begun(proxied("upload"), "", drips);
    dripping(socket, drips);
    const [piece] = (await once(socket, "data")) as [Buffer];
    expect(String(piece)).toMatch(/^HTTP\/1.1 200/);
    socket.destroy();
  });

  test("to a service is cut off once its body stands still", async () => {
    const text = await heard(begun(proxied("upload"), "{"));
    expect(text).toMatch(/^HTTP\/1.1 408/);
    expect(text).toContain("The request took too long to arrive.");
  });

  test("that is being answered already is cut off without words that would be taken for the answer's", async () => {
    const still = await heard(begun(proxied("at-once"), "{"));
    expect(still).toContain("here: ");
    expect(still).not.toMatch(/ 408 |errors/);
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `POST ${proxied("at-once")} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n`,
    );
    const listening = heard(socket);
    await once(socket, "data");
    socket.write("no chunk\r\n");
    const text = await listening;
    expect(text).toContain("here: ");
    expect(text.slice(4)).not.toMatch(/HTTP\/1|errors/);
  });

  test("behind another that is being answered ends that answer, and puts no words of its own into it", async () => {
    const socket = connect(port, "127.0.0.1");
    const listening = heard(socket);
    const post =
      "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    socket.write(`GET ${proxied("at-leisure")} HTTP/1.1\r\nhost: localhost\r\n\r\n${post}`);
    const text = await listening;
    expect(text).toContain("here: ");
    expect(text).not.toMatch(/ 408 |errors|and there/);
  });

  test("that has been answered is not listened to for ever", async () => {
    const socket = begun(proxied("../elsewhere"), "{");
    dripping(socket);
    expect(await heard(socket)).toMatch(/^HTTP\/1.1 400/);
  });

  test("whose answer takes long is left alone", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await once(socket, "data");
    await sleep(700);
    expect(socket.destroyed).toBe(false);
    socket.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    expect(String(((await once(socket, "data")) as [Buffer])[0])).toMatch(/^HTTP\/1.1 200/);
    socket.destroy();
  });
});
