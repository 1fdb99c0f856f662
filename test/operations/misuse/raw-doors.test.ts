import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canary } from "./hostile-values.js";
import { type MisuseStage, startMisuseStage } from "./stage.js";
import { badLines, faultOf, fingerprints } from "./traces.js";

let stage: MisuseStage;
let before: Record<string, string>;
beforeAll(async () => {
  stage = await startMisuseStage();
  before = await fingerprints(stage.server.admin);
});
afterAll(() => stage?.close());

/** One that would write, were it taken. */
const writes = `mutation { connect(input: { credentials: [{ name: "${canary}", value: "${canary}" }] }) { threadSession } }`;
const json = { "content-type": "application/json" };

/** Posts bytes as they are; what is wrong with the answer, or null. */
async function faultOfPost(body: string | Buffer, headers: Record<string, string> = json, init: RequestInit = {}) {
  const response = await fetch(`${stage.server.url}/graphql`, {
    method: "POST",
    headers,
    body: new Uint8Array(Buffer.from(body)),
    ...init,
  });
  const text = await response.text();
  return faultIn(response.status, text);
}

function faultIn(status: number, text: string): string | null {
  if (status >= 500 || status < 200) return `status ${status}: ${text}`;
  if (status >= 300 && status < 400) return `status ${status}`;
  const { data, errors = [] } = JSON.parse(text);
  // Refusals of the whole request have more statuses than those of a field.
  return faultOf({ status: status === 200 ? 200 : 400, headers: new Headers(), text, data, errors, code: null }, true);
}

async function faultsOf(bodies: Record<string, string | Buffer>, headers?: Record<string, string>) {
  const faults = await Promise.all(
    Object.entries(bodies).map(async ([what, body]) => {
      const fault = await faultOfPost(body, headers);
      return fault && `${what}: ${fault}`;
    }),
  );
  return faults.filter((fault) => fault !== null);
}

const asJson = (bodies: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(bodies).map(([what, body]) => [what, JSON.stringify(body)]));

describe("the body of a request", () => {
  it("is refused where it is no JSON object that holds a query", async () => {
    const good = JSON.stringify({ query: writes });
    expect(
      await faultsOf({
        nothing: "",
        blanks: " \n",
        "broken JSON": `{"query": "${canary}`,
        "a trailing comma": `{"query": "{ session { id } }", "${canary}": 1,}`,
        "two documents": `${good}${good}`,
        "a list of requests": `[${good}]`,
        "an empty list": "[]",
        null: "null",
        true: "true",
        number: "1",
        text: JSON.stringify(writes),
        "not UTF-8": Buffer.concat([Buffer.from(good.slice(0, -2)), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
        "UTF-16": Buffer.from(good, "utf16le"),
        gzip: gzipSync(good),
        "a form": `query=${encodeURIComponent(writes)}`,
        NUL: Buffer.alloc(1000),
        "5 MiB": JSON.stringify({ query: writes, x: canary.repeat(500_000) }),
        "100,000 lists deep": `{"query": "{ session { id } }", "variables": ${"[".repeat(100_000)}`,
        "10,000 objects deep": `{"query": ${JSON.stringify("mutation($input: SaveThreadInput!) { saveThread(input: $input) { currentDay } }")},
          "variables": {"input": {"progress": ${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}}}`,
        ...asJson({
          "no query": { [canary]: writes },
          "an empty query": { query: "" },
          "a number for a query": { query: 1 },
          "an object for a query": { query: { [canary]: canary } },
          "a list for a query": { query: [writes] },
          "a list for variables": { query: writes, variables: [canary] },
          "text for variables": { query: writes, variables: canary },
          "a number for variables": { query: writes, variables: 7 },
          "a list for extensions": { query: writes, extensions: [canary] },
          "text for extensions": { query: writes, extensions: canary },
          "a persisted query": { extensions: { persistedQuery: { version: 1, sha256Hash: canary } } },
          "a persisted query and a text": {
            query: writes,
            extensions: { persistedQuery: { version: 1, sha256Hash: canary } },
          },
          "an unknown operation": { query: writes, operationName: canary },
          "a number for an operation": { query: writes, operationName: 1 },
          "an object for an operation": { query: writes, operationName: { [canary]: 1 } },
        }),
      }),
    ).toEqual([]);
  });

  it("is refused in any type but JSON in UTF-8", async () => {
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/graphql",
      "application/json; charset=utf-16",
      `application/${canary}`,
      canary,
      "application/json, text/plain",
      "application/jsonp",
    ];
    for (const type of types)
      expect(await faultOfPost(JSON.stringify({ query: writes }), { "content-type": type }), type).toBeNull();
    expect(
      await faultOfPost(gzipSync(JSON.stringify({ query: writes })), { ...json, "content-encoding": "gzip" }),
    ).toBeNull();
  });
});

describe("a query", () => {
  it("is refused where it is none, where nothing in it can run, or where it asks for what nobody defined", async () => {
    const secret = `"${canary}"`;
    expect(
      await faultsOf(
        asJson(
          Object.fromEntries(
            [
              canary,
              "{",
              "}",
              "{}",
              "query",
              "{ session { id }",
              "subscription { session { id } }",
              `subscription ${canary} { __typename }`,
              "fragment F on Query { session { id } }",
              "fragment F on Session { ...F } { session { ...F } }",
              "{ session { ...G } }",
              "query A { session { id } } query B { session { id } }",
              "query A { session { id } } query A { session { id } }",
              "{ session }",
              "{ session { id { x } } }",
              "type Query { a: Int }",
              `extend type Query { ${canary}: Int }`,
              "{ __schema }",
              `{ __type(name: {${canary}: 1}) { name } }`,
              "{ __type { name } }",
              `{ session @include(if: ${secret}) { id } }`,
              "{ session @include { id } }",
              "{ session @include(if: null) { id } }",
              "{ session @skip(if: true) @skip(if: true) { id } }",
              `{ session @defer(label: ${secret}) { id } }`,
              "query($x: Boolean!) { session @include(if: $x) { id } }",
              "query($x: Nothing) { session { id } }",
              "query($x: Session) { session { id } }",
              `query($x: Int = ${secret}) { conversations(first: $x) { nodes { id } } }`,
              "query($x: Int = null) { conversations(first: $x) { nodes { id } } }",
              "query($x: String) { conversations(first: $x) { nodes { id } } }",
              "{ conversations(first: $x) { nodes { id } } }",
              `{ me(id: ${secret}) { id } }`,
              `mutation { connect(input: { credentials: [{ name: "a", value: ${secret} }], more: ${secret} }) { threadSession } }`,
              `mutation { connect(input: { credentials: [{ name: "a", value: ${secret} }] }, input: { credentials: [] }) { threadSession } }`,
              `mutation { connect(input: { credentials: [{ name: ${secret}, name: ${secret}, value: ${secret} }] }) { threadSession } }`,
              `mutation { a: connect(input: { credentials: [{ name: "a", value: ${secret} }] }) { threadSession } a: session { id } }`,
              `mutation { connect(input: """${canary}""") { threadSession } }`,
              `mutation { connect(input: { credentials: [{ name: "a", value: "\\u{110000}${canary}" }] }) { threadSession } }`,
              `mutation { connect(input: { credentials: [{ name: "a", value: "\\ud800${canary}" }] }) { threadSession } }`,
              `mutation { connect(input: { credentials: [{ name: "a", value: "${canary}\n" }] }) { threadSession } }`,
              `mutation { connect(input: { credentials: ${"[".repeat(5_000)}${"]".repeat(5_000)} }) { threadSession } }`,
              `mutation { connect(input: ${"{a:".repeat(3_000)}1${"}".repeat(3_000)}) { threadSession } }`,
              `mutation { ${Array.from({ length: 201 }, (_, n) => `a${n}: ${writes.slice(11, -2)}`).join(" ")} }`,
              ...[100, 300, 700, 1_000, 1_300, 1_600, 2_000, 3_000].flatMap((levels) => [
                `{ session { ${"... { ".repeat(levels)} ${canary} ${"} ".repeat(levels)} } }`,
                `{ ${"me { organizations { ".repeat(levels)} ${canary} ${"} } ".repeat(levels)} }`,
                `mutation { connect(input: { credentials: [{ name: "a", value: ${"[".repeat(levels)}${secret}${"]".repeat(levels)} }] }) { threadSession } }`,
                `mutation($x: ${"[".repeat(levels)}Int${"]".repeat(levels)}) { connect(input: $x) { threadSession } }`,
              ]),
              `{ ${"\u0000"} session { id } }`,
              "\ufeff{ session { \ud800 } }",
            ].map((query) => [query.slice(0, 120), { query }]),
          ),
        ),
      ),
    ).toEqual([]);
  });
});

describe("the headers of a request", () => {
  it("may hold anything: a bearer or a signature that is none is nobody's", async () => {
    const { own } = stage;
    const table = JSON.stringify({ query: "query($id: ID!) { table(id: $id) { id } }", variables: { id: own.table } });
    const garbage = [
      "Bearer",
      "Bearer ",
      `Bearer ${canary}`,
      "Bearer a.b.c",
      "Bearer ..",
      `Bearer ${"a".repeat(5_000)}`,
      `Bearer ${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify({ sub: own.user })).toString("base64url")}.`,
      `Basic ${Buffer.from(`${canary}:x`).toString("base64")}`,
      `bearer ${canary} ${canary}`,
      "\u00ff\u0080",
      "null",
    ];
    for (const authorization of garbage) {
      const response = await fetch(`${stage.server.url}/graphql`, {
        method: "POST",
        headers: { ...json, authorization },
        body: table,
      });
      const text = await response.text();
      expect(faultIn(response.status, text), authorization).toBeNull();
      expect(text).toContain("UNAUTHENTICATED");
    }
    const ingest = JSON.stringify({
      query: `mutation { ingestMessage(input: { chatGuid: "c", mode: DIRECT, sender: "s", text: "${canary}", timestamp: 1760000000, participants: [] }) { messageId } }`,
    });
    const now = String(Math.floor(Date.now() / 1000));
    for (const [id, timestamp, signature] of [
      [canary, now, `v1,${canary}`],
      ["a", now, "v1,"],
      ["a", "1e9", `v1,${"A".repeat(43)}=`],
      ["a", "-1", "v2,x v1,x x"],
      ["a", "9".repeat(400), `v1,${"A".repeat(43)}=`],
      ["x".repeat(5_000), now, " "],
    ] as const) {
      const headers = { ...json, "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
      expect(await faultOfPost(ingest, headers), id).toBeNull();
    }
  });

  it("are BAD_USER_INPUT where x-thread-session is not 43 base64url characters, and only for who needs it", async () => {
    const query = JSON.stringify({ query: "{ connectedAccount { durable } }" });
    const sessions = [
      "",
      " ",
      canary,
      "a".repeat(42),
      "a".repeat(44),
      `${"a".repeat(42)}=`,
      `${"a".repeat(42)}\u00e9`,
      "a".repeat(5_000),
      `${"a".repeat(43)}, ${"a".repeat(43)}`,
      "null",
      "../../../../etc/passwd",
    ];
    for (const session of sessions) {
      const response = await fetch(`${stage.server.url}/graphql`, {
        method: "POST",
        headers: { ...json, "x-thread-session": session },
        body: query,
      });
      const text = await response.text();
      expect(faultIn(response.status, text), session).toBeNull();
      expect(JSON.parse(text).errors[0].extensions).toEqual({ code: "BAD_USER_INPUT", field: "x-thread-session" });
      const other = await fetch(`${stage.server.url}/graphql`, {
        method: "POST",
        headers: { ...json, "x-thread-session": session },
        body: JSON.stringify({ query: "{ session { id } }" }),
      });
      expect(await other.json()).toEqual({ data: { session: null } });
    }
  });

  it("are refused where they are too long, twice there or malformed, and odd ones change nothing", async () => {
    const body = JSON.stringify({ query: writes });
    const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
    const type = "content-type: application/json\r\n";
    const heads: Record<string, string> = {
      "a header of 100 KB": `${type}${length}x-long: ${canary.repeat(8_192)}\r\n`,
      "a bearer of 100 KB": `${type}${length}authorization: Bearer ${"a".repeat(100_000)}\r\n`,
      "3,000 headers": `${type}${length}${Array.from({ length: 3_000 }, (_, n) => `x-${n}: 1\r\n`).join("")}`,
      "no length": type,
      "two lengths": `${type}${length}content-length: 5\r\n`,
      "a length below zero": `${type}content-length: -1\r\n`,
      "a length of 1e400": `${type}content-length: ${"9".repeat(400)}\r\n`,
      "a length of 5 GB": `${type}content-length: 5000000000\r\n`,
      "length and chunks": `${type}${length}transfer-encoding: chunked\r\n`,
      "broken chunks": `${type}transfer-encoding: chunked\r\n`,
      "another encoding": `${type}${length}transfer-encoding: gzip\r\n`,
      "a name with a blank": `${type}${length}x ${canary}: 1\r\n`,
      "a header without colon": `${type}${length}${canary}\r\n`,
      "NUL in a header": `${type}${length}x: \0${canary}\r\n`,
    };
    const answers = await Promise.all(
      Object.values(heads).map((head) =>
        raw(`POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${head}\r\n${body}`),
      ),
    );
    const faults = Object.keys(heads).map((what, index) => {
      const [head = "", text = ""] = (answers[index] ?? "").split(/\r\n\r\n(.*)/s);
      const fault = faultIn(Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 500), text);
      return fault && `${what}: ${fault}`;
    });
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it("ask for the answer in types that are none without harm", async () => {
    for (const accept of [
      "",
      "*",
      ";;;",
      canary,
      "a/b;q=canary",
      "application/json;q=9e999",
      "x".repeat(5_000),
      "image/png",
      "\u00ff",
    ]) {
      const response = await fetch(`${stage.server.url}/graphql`, {
        method: "POST",
        headers: { ...json, accept },
        body: JSON.stringify({ query: `{ ${canary} }` }),
      });
      expect(response.status, accept).toBeLessThan(500);
      expect((await response.text()).length, accept).toBeLessThan(1_000);
    }
  });
});

/** What the server writes on a connection for bytes that no HTTP client would send. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(stage.server.url).port), "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("close", () => resolve(answer)).on("error", (error) => (answer ? resolve(answer) : reject(error)));
    socket.setTimeout(3_000, () => socket.end());
  });
}

describe("other ways in", () => {
  it("by GET or any other method run nothing", async () => {
    const search = `?query=${encodeURIComponent(writes)}&variables=${canary}`;
    for (const [method, path] of [
      ["GET", `/graphql${search}`],
      ["GET", `/graphql?query=%7Bsession%7Bid%7D%7D`],
      ["HEAD", `/graphql${search}`],
      ["PUT", `/graphql${search}`],
      ["PATCH", "/graphql"],
      ["DELETE", "/graphql"],
      ["POST", `/graphql${search}`],
      ["POST", `/graphql/${canary}`],
      ["POST", "/GRAPHQL"],
      ["POST", "//graphql"],
      ["GET", `/${canary}`],
      ["GET", "/%00"],
      ["GET", "/%zz"],
      ["GET", "/..%2f..%2fetc%2fpasswd"],
      ["GET", `/${canary.repeat(500)}`],
      ["GET", "/graphql/../../../etc/passwd"],
    ] as const) {
      const response = await fetch(`${stage.server.url}${path}`, { method, redirect: "manual" });
      const text = await response.text();
      const fault = method === "HEAD" ? null : faultIn(response.status, text);
      expect(fault, `${method} ${path}`).toBeNull();
      expect(response.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
    }
  });

  it("all of these wrote nothing, and left no failure and no canary in the log", async () => {
    expect(await fingerprints(stage.server.admin)).toEqual(before);
    expect(badLines(stage.server.output())).toEqual([]);
  });
});
