import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildSchema, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from "graphql";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completeSecrets, readSettings } from "../../src/config.js";
import type { IncomingRequest } from "../../src/context.js";
import { createMetrics } from "../../src/metrics.js";
import { createHttpServer, type HttpServer, type HttpServerParts } from "../../src/server.js";
import type { Chat } from "../../src/services/chat.js";
import { forbidden } from "../../src/services/errors.js";

const canary = "canary-91be7c";
const origin = "https://app.example.com";
const distDirectory = mkdtempSync(path.join(tmpdir(), "dist-"));
const graphiqlDirectory = path.join(distDirectory, "graphiql");
mkdirSync(path.join(graphiqlDirectory, "assets"), { recursive: true });
writeFileSync(path.join(graphiqlDirectory, "index.html"), "<!doctype html><title>GraphiQL</title>");
writeFileSync(path.join(graphiqlDirectory, "assets", "index-abc123.js"), "export {};");
afterAll(() => rmSync(distDirectory, { recursive: true }));

const secrets = {
  SUPABASE_JWT_SECRET: "x".repeat(32),
  DATABASE_SALT: "x".repeat(32),
  VAULT_ROOT_KEY: "A".repeat(43),
  RELAY_WEBHOOK_SECRET: "x".repeat(32),
};

const sdl = `
  type Query { hello: String!  address: String  body: String  wait: String  crash: String  deep: Deep  echo(text: String!): String }
  type Deep { deep: Deep  name: String }
  type Mutation { count: Int! }
`;

function toySchema(begun: () => void, release: Promise<void>): GraphQLSchema {
  const schema = buildSchema(sdl);
  let count = 0;
  const resolvers: Record<string, Record<string, GraphQLFieldResolver<unknown, { request: IncomingRequest }>>> = {
    Query: {
      hello: () => "hello",
      address: (_parent, _args, { request }) => request.clientAddress,
      body: (_parent, _args, { request }) => request.rawBody.toString("hex"),
      wait: () => {
        begun();
        return release.then(() => "waited");
      },
      crash: () => {
        throw new Error(canary);
      },
      deep: () => ({}),
      echo: (_parent, { text }) => text,
    },
    Mutation: { count: () => ++count },
  };
  for (const [name, fields] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const [field, resolve] of Object.entries(fields)) Object.assign(type.getFields()[field] ?? {}, { resolve });
  }
  return schema;
}

interface Toy {
  readonly server: HttpServer;
  readonly url: string;
  readonly port: number;
  readonly output: string[];
  /** As soon as somebody waits. */
  readonly isWaiting: Promise<void>;
  release(): void;
}

/** The real server over a schema of nothing; a bearer is its own user id, and `refuse` is refused. */
async function startToy(settings: Record<string, string> = {}, changes: object = {}): Promise<Toy> {
  const output: string[] = [];
  let begun = () => {};
  const isWaiting = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = createHttpServer({
    config: { ...completeSecrets(readSettings({ ...secrets, PORT: "0", ...settings })), ...changes },
    schema: toySchema(begun, released),
    createContext: (request) => {
      const user = request.headers.authorization?.replace("Bearer ", "");
      if (user === "refuse") throw forbidden("The bearer and the cookie are of two people.");
      const claims = { sub: user };
      return {
        request,
        user: user ? { role: "authenticated" as const, claims, accessToken: null, clientAddress: null } : null,
      };
    },
    isReady: async () => true,
    metrics: createMetrics(),
    chat: {} as Chat,
    hooks: { receive: async () => null, note: () => undefined },
    integrations: {} as HttpServerParts["integrations"],
    log: pino({ level: "debug" }, { write: (line: string) => void output.push(line) }),
    graphiqlDirectory,
  });
  const { url } = await server.listen();
  return { server, url, port: Number(new URL(url).port), output, isWaiting, release };
}

const post = (url: string, query: string, init: RequestInit & { variables?: object } = {}) =>
  fetch(`${url}/graphql`, {
    method: "POST",
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
    body: JSON.stringify({ query, variables: init.variables }),
  });

interface Body {
  readonly data: Record<string, string>;
  readonly errors: readonly { message: string; extensions: Record<string, unknown> }[];
}
const bodyOf = async (response: Response) => (await response.json()) as Body;

/** What the server writes on a connection for bytes that no HTTP client would send. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("close", () => resolve(answer)).on("error", (error) => (answer ? resolve(answer) : reject(error)));
    socket.setTimeout(2_000, () => socket.end());
  });
}

let toy: Toy;
beforeAll(async () => {
  toy = await startToy({ CORS_ORIGINS: origin, REQUESTS_PER_MINUTE: "0" });
});
afterAll(() => toy.server.close());

describe("every answer", () => {
  const answers: [string, number, () => Promise<Response>][] = [
    ["the API", 200, () => post(toy.url, "{ hello }")],
    ["a field's failure", 200, () => post(toy.url, "{ crash }")],
    ["a query that does not fit", 400, () => post(toy.url, "{ nothing }")],
    ["a body that is no JSON", 400, () => fetch(`${toy.url}/graphql`, jsonPost(`{"query": "${canary}`))],
    [
      "a body that is not UTF-8",
      400,
      () => fetch(`${toy.url}/graphql`, jsonPost(Buffer.from('{"query":"\xff"}', "latin1"))),
    ],
    ["a body that is an array", 400, () => fetch(`${toy.url}/graphql`, jsonPost('[{"query":"{ hello }"}]'))],
    ["an empty body", 400, () => fetch(`${toy.url}/graphql`, jsonPost(""))],
    ["a body nested without end", 400, () => fetch(`${toy.url}/graphql`, jsonPost("[".repeat(1_000_000)))],
    ["another type of body", 415, () => fetch(`${toy.url}/graphql`, { method: "POST", body: "query=x" })],
    ["another charset", 415, () => fetch(`${toy.url}/graphql`, jsonPost("{}", "application/json; charset=latin1"))],
    ["a body over 4 MiB", 413, () => post(toy.url, "{ hello }", { variables: { x: "x".repeat(5 << 20) } })],
    ["a body that no type is given for", 400, () => fetch(`${toy.url}/graphql`, { method: "POST" })],
    ["GET by a program", 405, () => fetch(`${toy.url}/graphql?query={hello}`)],
    ["another method", 405, () => fetch(`${toy.url}/graphql`, { method: "DELETE" })],
    ["GraphiQL", 200, () => fetch(`${toy.url}/graphql`, { headers: { accept: "text/html" } })],
    ["an asset", 200, () => fetch(`${toy.url}/graphiql/assets/index-abc123.js`)],
    ["an asset that is not there", 404, () => fetch(`${toy.url}/graphiql/assets/none.js`)],
    ["another address", 404, () => fetch(`${toy.url}/${canary}`)],
    ["a malformed address", 400, () => fetch(`${toy.url}/%zz`)],
    ["a preflight", 204, () => fetch(`${toy.url}/graphql`, { method: "OPTIONS" })],
    ["healthz", 200, () => fetch(`${toy.url}/healthz`)],
    ["readyz", 200, () => fetch(`${toy.url}/readyz`)],
    ["healthz by another method", 405, () => fetch(`${toy.url}/healthz`, { method: "POST" })],
    ["a refused caller", 403, () => post(toy.url, "{ hello }", { headers: { authorization: "Bearer refuse" } })],
  ];
  for (const [what, status, ask] of answers)
    it(`carries the security headers and names no software: ${what}`, async () => {
      const answer = await ask();
      const text = await answer.text();
      expect(answer.status, text).toBe(status);
      expectHeaders(answer.headers);
      expect(text).not.toContain("canary");
      if (status >= 400) {
        const { errors } = JSON.parse(text);
        expect(errors).toEqual([
          {
            message: expect.any(String),
            extensions: { code: expect.any(String) },
            ...(what === "a query that does not fit" && { locations: expect.any(Array) }),
          },
        ]);
        expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      }
    });

  it("carries them too where Node gives up before there is a request", async () => {
    const broken = [
      "GET\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: a\r\n${canary}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
    ];
    const answers = await Promise.all(broken.map((text) => raw(toy.port, text)));
    expect(answers.map((answer) => answer.split("\r\n")[0])).toEqual([
      "HTTP/1.1 400 Bad Request",
      "HTTP/1.1 400 Bad Request",
      "HTTP/1.1 431 Request Header Fields Too Large",
    ]);
    for (const answer of answers) {
      expectHeaders(headersOf(answer));
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).errors[0].extensions.code).toBe("BAD_USER_INPUT");
    }
  });

  it("is 400 for a Host that is missing, empty or malformed", async () => {
    const body = '{"query":"{ hello }"}';
    const rest = `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
    for (const host of [
      "",
      "Host:\r\n",
      "Host: a b\r\n",
      "Host: a/b\r\n",
      "Host: a@b\r\n",
      "Host: [::1\r\n",
      "Host: a:b\r\n",
    ]) {
      const answer = await raw(toy.port, `POST /graphql HTTP/1.1\r\n${host}${rest}`);
      expect(answer, host).toMatch(/^HTTP\/1\.1 400 /);
      expectHeaders(headersOf(answer));
    }
    for (const host of ["localhost", "a.example:4000", "[::1]:4000", "127.0.0.1"])
      expect(await raw(toy.port, `POST /graphql HTTP/1.1\r\nHost: ${host}\r\n${rest}`), host).toMatch(
        /^HTTP\/1\.1 200 /,
      );
  });

  it("carries them after an expectation that nobody knows", async () => {
    const answer = await raw(
      toy.port,
      "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expectHeaders(headersOf(answer));
  });
});

function jsonPost(body: string | Buffer, type = "application/json"): RequestInit {
  return { method: "POST", headers: { "content-type": type }, body: new Uint8Array(Buffer.from(body)) };
}

function headersOf(answer: string): Headers {
  const lines = answer.slice(0, answer.indexOf("\r\n\r\n")).split("\r\n").slice(1);
  return new Headers(lines.map((line) => line.split(": ", 2) as [string, string]));
}

function expectHeaders(headers: Headers): void {
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("content-security-policy")).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
  expect(headers.get("cache-control")).toMatch(/^(no-store|public, max-age=31536000, immutable)$/);
  for (const name of ["server", "x-powered-by", "via"]) expect(headers.has(name)).toBe(false);
}

describe("the API", () => {
  it("answers in the media type that the client prefers", async () => {
    const type = async (accept: string, query = "{ hello }") =>
      (await post(toy.url, query, { headers: { accept } })).headers.get("content-type");
    const modern = "application/graphql-response+json; charset=utf-8";
    expect(await type("application/graphql-response+json, application/json;q=0.9")).toBe(modern);
    expect(await type("application/graphql-response+json", "{ nothing }")).toBe(modern);
    expect(await type("application/json")).toBe("application/json; charset=utf-8");
    expect(await type("*/*")).toBe("application/json; charset=utf-8");
    expect((await post(toy.url, "{ hello }", { headers: { accept: "image/png" } })).status).toBe(406);
  });

  it("keeps the bytes of the body for those who signed them", async () => {
    const text = '{ "query" : "{ body }" , "x": "é" }';
    const { data } = await bodyOf(await fetch(`${toy.url}/graphql`, jsonPost(text)));
    expect(Buffer.from(data.body ?? "", "hex").toString()).toBe(text);
  });

  it("evaluates a hundred aliased mutations, and refuses more than two hundred", async () => {
    const aliases = (count: number) => Array.from({ length: count }, (_, index) => `a${index}: count`).join(" ");
    const { data } = await bodyOf(await post(toy.url, `mutation { ${aliases(100)} }`));
    expect(Object.keys(data)).toHaveLength(100);
    for (const query of [
      `mutation { ${aliases(201)} }`,
      `mutation { ...F ...F } fragment F on Mutation { ${aliases(101)} }`,
    ]) {
      const refused = await post(toy.url, query);
      expect(refused.status).toBe(400);
      expect((await bodyOf(refused)).errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    }
  });

  it("refuses a query deeper than fifteen levels, through fragments too, and takes an introspection", async () => {
    const deep = (levels: number) => `${"deep {".repeat(levels - 1)} name ${"}".repeat(levels - 1)}`;
    expect((await post(toy.url, `{ ${deep(15)} }`)).status).toBe(200);
    expect((await post(toy.url, `{ ${deep(16)} }`)).status).toBe(400);
    expect((await post(toy.url, `{ deep { ...F } } fragment F on Deep { ${deep(15)} }`)).status).toBe(400);
    expect(
      (await post(toy.url, `{ ...F } fragment F on Query { deep { deep { ...G } } } fragment G on Deep { ...G }`))
        .status,
    ).toBe(400);
    expect(
      (await post(toy.url, "{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }"))
        .status,
    ).toBe(200);
  });

  it("refuses a document of too many tokens before reading on, and one nested beyond the stack", async () => {
    for (const query of [
      `{ ${"hello ".repeat(20_001)} }`,
      "{deep".repeat(9_999),
      `{ echo(text: ${"[".repeat(19_000)}`,
    ]) {
      const answer = await post(toy.url, query);
      expect(answer.status).toBe(400);
      expect((await bodyOf(answer)).errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    }
  });

  it("stays quick on a document made to be slow to validate", async () => {
    const fragments = (count: number) =>
      Array.from({ length: count }, (_, n) => `fragment F${n} on Deep { deep { name } name }`).join(" ");
    const spreads = (count: number) => Array.from({ length: count }, (_, n) => `deep { ...F${n} }`).join(" ");
    const before = process.cpuUsage();
    expect((await post(toy.url, `{ ${"hello ".repeat(19_000)} }`)).status).toBe(400);
    expect((await post(toy.url, `{ deep { ${spreads(1_200)} } } ${fragments(1_200)}`)).status).toBe(400);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(5_000);
  });

  it("tells of a crash by its request id alone, which the log has", async () => {
    const text = await (await post(toy.url, "{ crash }")).text();
    const { requestId } = JSON.parse(text).errors[0].extensions;
    expect(toy.output.join("")).toContain(requestId);
    expect(text + toy.output.join("")).not.toContain(canary);
  });

  it("refuses what is sent as a form or text, which a page elsewhere could send unasked", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
      expect((await fetch(`${toy.url}/graphql`, jsonPost('{"query":"{ hello }"}', type))).status).toBe(415);
  });
});

describe("a page of another origin", () => {
  it("may read answers where its origin is named to the letter, cookies included", async () => {
    const preflight = await fetch(`${toy.url}/graphql`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-credentials")).toBe("true");
    for (const name of ["authorization", "content-type", "x-thread-session", "x-csrf-token", "webhook-signature"])
      expect(preflight.headers.get("access-control-allow-headers")).toContain(name);
    const answer = await post(toy.url, "{ hello }", { headers: { origin } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("vary")).toBe("Origin");
    const refused = await post(toy.url, "{ nothing }", { headers: { origin } });
    expect(refused.headers.get("access-control-allow-origin")).toBe(origin);
  });

  it("may not where it is not", async () => {
    for (const other of [
      "https://app.example.com.evil.example",
      "https://evil.example",
      "http://app.example.com",
      "null",
    ])
      for (const method of ["OPTIONS", "POST"]) {
        const answer = await fetch(`${toy.url}/graphql`, { method, headers: { origin: other } });
        for (const [name] of answer.headers) expect(name).not.toMatch(/^access-control/);
      }
  });
});

describe("GraphiQL", () => {
  it("runs this server's scripts alone", async () => {
    const { headers } = await fetch(`${toy.url}/graphql`, { headers: { accept: "text/html,*/*" } });
    expect(headers.get("content-security-policy")).toContain("script-src 'self';");
    expect(headers.get("cache-control")).toBe("no-store");
    const asset = await fetch(`${toy.url}/graphiql/assets/index-abc123.js`);
    expect(asset.headers.get("cache-control")).toContain("immutable");
    expect(asset.headers.get("content-type")).toMatch(/javascript/);
  });

  it("waits for it while it is being built, and says how to build it where nobody does", async () => {
    const page = path.join(graphiqlDirectory, "index.html");
    const draft = path.join(graphiqlDirectory, "..", ".graphiql-draft");
    const ask = () => fetch(`${toy.url}/graphql`, { headers: { accept: "text/html" } });
    renameSync(page, `${page}.away`);
    const unbuilt = await ask();
    expect(unbuilt.status).toBe(503);
    expect(await unbuilt.text()).toContain("npm run build:graphiql");
    expectHeaders(unbuilt.headers);
    mkdirSync(draft);
    const waiting = ask();
    await post(toy.url, "{ hello }");
    renameSync(`${page}.away`, page);
    rmSync(draft, { recursive: true });
    expect((await waiting).status).toBe(200);
  });

  it("hands out nothing beside its folder", async () => {
    for (const address of [
      "..%2f..%2fpackage.json",
      "assets/..%2f..%2f..%2fetc%2fpasswd",
      "%2e%2e/x",
      "assets/",
      "assets",
    ]) {
      const answer = await fetch(`${toy.url}/graphiql/${address}`);
      expect(answer.status, address).toBeGreaterThanOrEqual(400);
      expectHeaders(answer.headers);
    }
  });

  it("is not there in production unless asked for, nor is introspection", async () => {
    for (const graphiql of [false, true]) {
      const production = await startToy({}, { isProduction: true, graphiql });
      const page = await fetch(`${production.url}/graphql`, { headers: { accept: "text/html" } });
      const asset = await fetch(`${production.url}/graphiql/assets/index-abc123.js`);
      const introspection = await post(production.url, "{ __schema { queryType { name } } }");
      expect([page.status, asset.status, introspection.status]).toEqual(graphiql ? [200, 200, 200] : [404, 404, 400]);
      const { errors } = await bodyOf(await post(production.url, "{ helo }"));
      expect(errors[0]?.message).toBe('Cannot query field "helo" on type "Query".');
      await production.server.close();
    }
  });
});

describe("the request limit", () => {
  it("counts each verified caller alone, and those without one by address", async () => {
    const limited = await startToy({ REQUESTS_PER_MINUTE: "3" });
    const statuses = async (headers: Record<string, string>) => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => post(limited.url, "{ hello }", { headers })));
      return answers.map(({ status }) => status).sort();
    };
    expect(await statuses({ authorization: "Bearer ada" })).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses({ authorization: "Bearer bob" })).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses({ "x-thread-session": randomUUID() })).toEqual([200, 200, 200, 429, 429]);
    const refused = await post(limited.url, "{ hello }", { headers: { authorization: "Bearer refuse" } });
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    expect((await bodyOf(refused)).errors[0]?.extensions).toEqual({ retryAfter: wait, code: "RATE_LIMITED" });
    expectHeaders(refused.headers);
    expect((await fetch(`${limited.url}/healthz`)).status).toBe(200);
    await limited.server.close();
  });
});

describe("the client's address", () => {
  it("is the peer's, whatever a header says, until a proxy is trusted", async () => {
    const address = async ({ url }: Toy, forwarded: string) =>
      (await bodyOf(await post(url, "{ address }", { headers: { "x-forwarded-for": forwarded } }))).data.address;
    expect(await address(toy, "203.0.113.7")).toBe("127.0.0.1");
    const proxied = await startToy({ TRUST_PROXY: "true" });
    expect(await address(proxied, "198.51.100.1, 203.0.113.7")).toBe("203.0.113.7");
    await proxied.server.close();
  });
});

describe("closing", () => {
  it("lets what is being answered finish, refuses the rest, and readyz says so meanwhile", async () => {
    const closing = await startToy();
    const waiting = post(closing.url, "{ wait }");
    await closing.isWaiting;
    const closed = closing.server.close();
    const ready = await fetch(`${closing.url}/readyz`);
    expect(ready.status).toBe(503);
    expectHeaders(ready.headers);
    expect((await fetch(`${closing.url}/healthz`)).status).toBe(200);
    const refused = await post(closing.url, "{ hello }");
    expect(refused.status).toBe(503);
    expect((await bodyOf(refused)).errors[0]?.extensions.code).toBe("UNAVAILABLE");
    closing.release();
    expect((await bodyOf(await waiting)).data.wait).toBe("waited");
    await closed;
    await expect(fetch(`${closing.url}/healthz`)).rejects.toThrow();
  });

  it("does not wait for callers who hung up, or for connections that idle", async () => {
    const closing = await startToy();
    const hangUp = new AbortController();
    const waiting = post(closing.url, "{ wait }", { signal: hangUp.signal }).catch(() => {});
    const idle = connect(closing.port, "127.0.0.1").on("error", () => undefined);
    await closing.isWaiting;
    hangUp.abort();
    await waiting;
    const started = performance.now();
    await closing.server.close();
    expect(performance.now() - started).toBeLessThan(8_000);
    idle.destroy();
  });
});
