import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFrontDoor } from "../../src/http/front-door.js";
import { addIntegrationRoutes, type IntegrationRouteParts } from "../../src/http/integration-routes.js";

const patienceMilliseconds = 800;
const largePiece = Buffer.alloc(256 * 1024, "a");

describe("a reader of what a service answers", () => {
  let server: FastifyInstance;
  let body: (signal: AbortSignal) => AsyncGenerator<Uint8Array>;
  let isLeft = false;
  beforeAll(async () => {
    const formatError = () => ({ message: "It failed.", extensions: { code: "INTERNAL_SERVER_ERROR" } });
    server = createFrontDoor(formatError);
    const user = { role: "authenticated", claims: { sub: "somebody" }, accessToken: "x", clientAddress: null } as const;
    const parts = {
      config: { trustProxy: false, corsOrigins: [], oauthServices: new Map() },
      formatError,
      admit: async () => ({ user }),
      integrations: { uses: { lend: async () => ({ end: async () => undefined }) } },
      proxy: {
        async forward(_token: unknown, { signal }: { signal: AbortSignal }) {
          return { status: 200, headers: { "content-type": "text/plain" }, body: leaving(body(signal)) };
        },
      },
      publicUrl: () => "http://127.0.0.1",
      readerPatienceMilliseconds: patienceMilliseconds,
    };
    addIntegrationRoutes(server, parts as unknown as IntegrationRouteParts);
    await server.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => server.close());

  async function* leaving(pieces: AsyncGenerator<Uint8Array>) {
    try {
      yield* pieces;
    } finally {
      isLeft = true;
    }
  }
  function ask(): Promise<Socket> {
    isLeft = false;
    const { port } = server.server.address() as { port: number };
    return new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.pause();
        socket.write("GET /integrations/1/proxy/x HTTP/1.1\r\nhost: localhost\r\n\r\n");
        resolve(socket);
      });
      socket.on("error", () => undefined);
    });
  }

  it("that takes nothing is hung up on, and the service's answer is heard out no further", async () => {
    let given = 0;
    body = async function* () {
      for (;;) {
        given += largePiece.length;
        yield largePiece;
      }
    };
    const socket = await ask();
    await expect.poll(() => isLeft, { timeout: 3_000 }).toBe(true);
    // What the two systems' buffers hold, and not what the service would have given.
    expect(given).toBeLessThan(32 * 1024 * 1024);
    socket.destroy();
  });

  it("that takes its time, but less than the patience there is, gets it all", async () => {
    const pieces = 40;
    body = async function* () {
      for (let piece = 0; piece < pieces; piece++) yield largePiece;
    };
    const socket = await ask();
    let length = 0;
    let tail = "";
    socket.on("data", (data) => {
      length += data.length;
      tail = (tail + data.subarray(-5).toString("latin1")).slice(-5);
      socket.pause();
      setTimeout(() => socket.resume(), 2);
    });
    socket.resume();
    await expect.poll(() => tail, { timeout: 15_000 }).toBe("0\r\n\r\n");
    expect(length).toBeGreaterThan(pieces * largePiece.length);
    socket.destroy();
  });

  it("is not hurried while the service is silent: there is nothing to take", async () => {
    body = async function* () {
      yield Buffer.from("one ");
      await sleep(1.5 * patienceMilliseconds);
      yield Buffer.from("two");
    };
    const socket = await ask();
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    socket.resume();
    await expect.poll(() => text, { timeout: 3_000 }).toMatch(/one [\s\S]*two[\s\S]*0\r\n\r\n$/);
    socket.destroy();
  });
});
