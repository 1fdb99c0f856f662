import { createHmac } from "node:crypto";
import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { addressKeyOf } from "../../src/database/address-proof.js";
import type { Caller, Database } from "../../src/database/port.js";
import { createSupabaseDatabase } from "../../src/database/supabase.js";
import { refusalOf, server } from "../support/callers.js";
import { type ScriptedProject, startScriptedProject } from "../support/scripted-project.js";

const serviceKey = "sb_secret_canary-service-key";
const anonKey = "sb_publishable_canary-anon-key";
const accessToken = "canary-header.canary-payload.canary-signature";
const claims = { sub: "9b3f0000-0000-4000-8000-000000000001", session_id: "9b3f0000-0000-4000-8000-000000000002" };
const user: Caller = { role: "authenticated", claims, accessToken, clientAddress: null };
const jwtKey = (role: string) => `e30.${Buffer.from(JSON.stringify({ role })).toString("base64url")}.c2ln`;

let project: ScriptedProject;
let database: Database;
let said: unknown[];

const open = (options: Partial<Parameters<typeof createSupabaseDatabase>[0]> = {}) =>
  createSupabaseDatabase({
    url: project.url,
    serviceKey,
    anonKey,
    log: (message, fields) => said.push([message, fields]),
    ...options,
  });
const sentences = () => said.map((line) => (line as [string])[0]);
const me = (caller = user) => database.call("me", {}, caller);
const release = (caller = server) => database.call("release", {}, caller);

beforeAll(async () => {
  project = await startScriptedProject();
});
afterAll(() => project.close());
beforeEach(() => {
  said = [];
  database = open();
});
afterEach(() => {
  expect(inspect(said, { depth: 9 })).not.toMatch(/canary/);
});

describe("a call to a Supabase project", () => {
  it("is one POST to the function in cloakroom_api, arguments in snake_case, keys of the answer in camelCase", async () => {
    project.answer({ body: { id: "1", created_at: "now", phone: null } });
    const args = { organizationId: "o", provider: "openai", apiKey: "k" };
    expect(await database.call("insert_provider_key", args, user)).toEqual({ id: "1", createdAt: "now", phone: null });
    const [request] = project.requests;
    expect(project.requests).toHaveLength(1);
    expect(request).toMatchObject({
      method: "POST",
      path: "/rest/v1/rpc/insert_provider_key",
      body: { organization_id: "o", provider: "openai", api_key: "k" },
      headers: { "content-profile": "cloakroom_api", "content-type": "application/json", "user-agent": "cloakroom" },
    });
  });

  it("for a user carries the user's own token and the public key, and no trace of the service key", async () => {
    for (const keys of [{}, { serviceKey: jwtKey("service_role"), anonKey: jwtKey("anon") }]) {
      project.answer({ body: {} });
      database = open(keys);
      await me();
      const headers = project.requests[0]?.headers;
      expect(headers).toMatchObject({ apikey: keys.anonKey ?? anonKey, authorization: `Bearer ${accessToken}` });
      expect(JSON.stringify(headers)).not.toContain(keys.serviceKey ?? serviceKey);
    }
  });

  it("for the server carries the service key: an old one as the token too, a new one, which is no token, as apikey alone", async () => {
    project.answer({ body: "x" });
    await release().catch(() => undefined);
    expect(project.requests[0]?.headers).toMatchObject({ apikey: serviceKey });
    expect(project.requests[0]?.headers).not.toHaveProperty("authorization");

    const legacy = jwtKey("service_role");
    database = open({ serviceKey: legacy });
    await release().catch(() => undefined);
    expect(project.requests[1]?.headers).toMatchObject({ apikey: legacy, authorization: `Bearer ${legacy}` });
  });

  it("for a user without the user's token is not sent at all", async () => {
    project.answer({ body: {} });
    await expect(me({ ...user, accessToken: null })).rejects.toThrow("access token");
    await expect(me({ ...user, accessToken: "" })).rejects.toThrow("access token");
    expect(project.requests).toEqual([]);
  });

  it("with text that Postgres cannot store is refused before it is sent", async () => {
    project.answer({ body: {} });
    for (const name of ["a\u0000b", "\ud800", "x\udfff"]) {
      const refusal = await refusalOf(database.call("create_organization", { name }, user));
      expect(refusal.sqlState).toBe("CR422");
    }
    expect(project.requests).toEqual([]);
  });

  it("for rows asks for one JSON list, which no project cuts at its max rows", async () => {
    project.answer({ body: [{ row_count: 3 }] });
    expect(await database.call("row_counts", { tableIds: ["t"] }, user)).toEqual([{ rowCount: 3 }]);
    expect(project.requests[0]).toMatchObject({
      path: "/rest/v1/rpc/whole_list",
      body: { function_name: "row_counts", args: { table_ids: ["t"] } },
    });
  });

  it("answers scalars as they are, and void as null", async () => {
    project.answer({ body: 7 }, { body: false }, { body: null }, (response) => response.writeHead(204).end());
    expect(await database.call("delete_rows", { ids: [] }, user)).toBe(7);
    expect(await database.call("delete_table", { id: "t" }, user)).toBe(false);
    expect(await release()).toBeNull();
    expect(await release()).toBeNull();
  });

  it("asks a second time where an answer names an event that it has committed, with the event, and only then", async () => {
    const answers = [
      { outcome: "recorded", value: null, recorded_event_id: "e" },
      { outcome: "revealed", value: 7, recorded_event_id: null },
    ];
    const reveal = () => database.call("reveal_cell", { rowId: "r", columnId: "c" }, user);
    const key = () => database.call("get_decrypted_provider_key", { providerKeyId: "k" }, server);
    for (const [ask, first] of [
      [reveal, { row_id: "r", column_id: "c" }],
      [key, { provider_key_id: "k" }],
    ] as const) {
      project.answer(...answers.map((body) => ({ body })));
      expect(await ask()).toMatchObject({ outcome: "revealed", value: 7 });
      expect(project.requests.map(({ body }) => body)).toEqual([first, { ...first, recorded_event_id: "e" }]);
    }
    for (const outcome of ["forbidden", "rate_limited"]) {
      project.answer({ body: { outcome, value: null, recorded_event_id: null } });
      expect(await reveal()).toMatchObject({ outcome });
      expect(project.requests).toHaveLength(1);
    }
  });

  it("keeps what users wrote as JSON untouched", async () => {
    const values = { "some_key-1": { inner_key: [1, null, "ü"] } };
    project.answer({ body: { table_id: "t", values } });
    expect(await database.call("row_by_id", { id: "r" }, user)).toEqual({ tableId: "t", values });
  });
});

describe("the client's address", () => {
  const clientAddress = "2001:db8::7";

  it("goes with the server's own calls as it is, and with a user's only with a proof for that session", async () => {
    project.answer({ body: {} });
    await release({ ...server, clientAddress });
    await me({ ...user, clientAddress });
    const [service, users] = project.requests.map(({ headers }) => headers);
    expect(service).toMatchObject({ "x-cloakroom-client-address": clientAddress });
    expect(service).not.toHaveProperty("x-cloakroom-address-proof");
    const proof = createHmac("sha256", addressKeyOf(serviceKey)).update(`${clientAddress}|${claims.session_id}`);
    expect(users).toMatchObject({
      "x-cloakroom-client-address": clientAddress,
      "x-cloakroom-address-proof": proof.digest("hex"),
    });
  });

  it("that is unknown sends no header", async () => {
    project.answer({ body: {} });
    await me();
    expect(Object.keys(project.requests[0]?.headers ?? {}).join()).not.toContain("x-cloakroom");
  });
});

describe("a refusal of the database", () => {
  const refusing = async (status: number, error: object, caller = user) => {
    project.answer({ status, body: { message: "canary words", details: "canary details", hint: "canary", ...error } });
    return refusalOf(caller.role === "authenticated" ? me(caller) : release(caller));
  };

  it("of class CR keeps message and field", async () => {
    const sentence = { code: "CR422", message: "This must not be empty.", details: "input.name", hint: null };
    expect(await refusing(400, sentence)).toEqual({
      sqlState: "CR422",
      message: "This must not be empty.",
      detail: "input.name",
    });
    expect(await refusing(400, { ...sentence, details: null })).toMatchObject({ detail: null });
    expect(await refusing(400, { ...sentence, details: "" })).toMatchObject({ detail: null });
  });

  it("of any other class keeps its SQLSTATE and not a word", async () => {
    for (const [status, code] of [
      [409, "23505"],
      [500, "57014"],
      [403, "42501"],
      [400, "22003"],
      [500, "XX000"],
      [400, "P0001"],
    ] as const) {
      const refusal = await refusing(status, { code });
      expect(refusal).toEqual({ sqlState: code, message: `database error ${code}`, detail: null });
    }
    expect(said).toEqual([]);
  });

  it("by row security, or of an id that is no uuid, is that nothing was found", async () => {
    const notFound = { sqlState: "CR404", message: "Not found.", detail: null };
    const bySecurity = { code: "42501", message: 'new row violates row-level security policy for table "canary"' };
    expect(await refusing(403, bySecurity)).toEqual(notFound);
    project.answer({ status: 400, body: { code: "22P02", message: 'invalid input syntax for type uuid: "canary"' } });
    const some = [
      () => database.call("delete_table", { id: "canary" }, user),
      () => database.call("delete_rows", { ids: [claims.sub, "canary"] }, user),
      () => database.call("reveal_cell", { rowId: claims.sub, columnId: "" }, user),
      () => database.call("members", { organizationIds: ["canary"] }, user),
    ];
    for (const call of some) expect(await refusalOf(call())).toEqual(notFound);
    expect((await refusalOf(database.call("delete_table", { id: claims.sub }, user))).sqlState).toBe("22P02");
  });

  it("because two waited for each other is tried once more, and only once", async () => {
    const deadlock = { status: 500, body: { code: "40P01", message: "canary" } };
    project.answer(deadlock, { body: { id: "1" } });
    expect(await me()).toEqual({ id: "1" });
    expect(project.requests).toHaveLength(2);
    project.answer(deadlock, { status: 500, body: { code: "40001", message: "canary" } }, { body: { id: "1" } });
    expect((await refusalOf(me())).sqlState).toBe("40001");
    expect(project.requests).toHaveLength(2);
  });

  it("of a user's token asks to sign in, and says in the log which setting may be wrong", async () => {
    const signIn = { sqlState: "CR401", message: "Sign in first.", detail: null };
    expect(await refusing(401, { code: "PGRST303", message: "JWT expired" })).toEqual(signIn);
    expect(said).toEqual([]);
    expect(await refusing(401, { code: "PGRST301" })).toEqual(signIn);
    expect(await refusing(401, { code: "PGRST302" })).toEqual(signIn);
    expect(sentences()).toEqual([expect.stringContaining("SUPABASE_JWT_SECRET")]);
  });

  it("of a key is that the database is away, and a sentence a minute that names the setting", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      for (const refusal of [{ code: "PGRST301" }, {}, { code: 401 }])
        expect((await refusing(401, refusal, server)).sqlState).toBe("08006");
      expect(sentences()).toEqual(["The Supabase project refuses SUPABASE_SERVICE_KEY."]);
      vi.advanceTimersByTime(61_000);
      expect((await refusing(403, {}, server)).sqlState).toBe("08006");
      expect(said).toHaveLength(2);
      expect((await refusing(401, {})).sqlState).toBe("08006");
      expect(sentences().at(-1)).toBe("The Supabase project refuses SUPABASE_ANON_KEY.");
    } finally {
      vi.useRealTimers();
    }
  });

  it("to know the function or the schema is told to the operator, not to the caller", async () => {
    expect(await refusing(404, { code: "PGRST202" })).toMatchObject({ sqlState: "42883" });
    expect(await refusing(406, { code: "PGRST106" })).toMatchObject({ sqlState: "08006" });
    expect(sentences()).toEqual([
      expect.stringContaining("npm run db:bundle"),
      expect.stringContaining("does not expose cloakroom_api"),
    ]);
  });

  it("to have a connection is that it cannot be reached", async () => {
    for (const [status, code] of [
      [503, "PGRST000"],
      [503, "PGRST001"],
      [503, "PGRST002"],
      [504, "PGRST003"],
      [503, "08006"],
      [503, "57P03"],
      [503, "53300"],
    ] as const)
      expect(await refusing(status, { code })).toEqual({
        sqlState: "08006",
        message: "The database cannot be reached.",
        detail: null,
      });
  });

  it("of more than it can answer at once asks for less", async () => {
    expect(await refusing(500, { code: "54000" })).toEqual({
      sqlState: "CR422",
      message: "This is more than 64 MiB at once: ask for less.",
      detail: null,
    });
    expect(await refusing(413, {})).toMatchObject({ sqlState: "CR422" });
  });
});

describe("what is no answer of a project", () => {
  const away = { sqlState: "08006", message: "The database cannot be reached.", detail: null };
  const page = "<html>canary: bad gateway</html>";

  it.each<[string, Parameters<ScriptedProject["answer"]>[0]]>([
    ["an error page", { status: 502, body: page }],
    ["an error page that claims success", { status: 200, body: page }],
    ["a gateway's own JSON", { status: 522, body: { error_code: 522, message: "canary" } }],
    ["too many requests", { status: 429, body: { message: "canary" } }],
    ["an empty 404", (response) => response.writeHead(404).end()],
    ["a list under 404", { status: 404, body: [] }],
    ["an empty 200", (response) => response.writeHead(200, { "content-type": "application/json" }).end()],
    ["half of an answer", (response) => response.writeHead(200).end('{"id": "canary')],
    ["an answer that breaks off", (response) => cutOff(response)],
    ["a connection that closes", (response) => response.destroy()],
  ])("%s is that the database cannot be reached", async (_, script) => {
    project.answer(script);
    expect(await refusalOf(me())).toEqual(away);
    expect(project.requests).toHaveLength(1);
  });

  it("a redirect is not followed: no key goes where it points", async () => {
    const elsewhere = await startScriptedProject();
    try {
      for (const status of [301, 302, 307, 308]) {
        project.answer((response) => response.writeHead(status, { location: `${elsewhere.url}/rest/v1/rpc/me` }).end());
        expect(await refusalOf(release())).toEqual(away);
      }
      expect(elsewhere.requests).toEqual([]);
      expect(sentences()).toEqual([expect.stringContaining("redirect")]);
    } finally {
      await elsewhere.close();
    }
  });

  it("nobody listening, and nothing said in time, neither at first nor in the middle", async () => {
    const gone = await startScriptedProject();
    await gone.close();
    database = open({ url: gone.url });
    expect(await refusalOf(me())).toEqual(away);
    expect(sentences()).toEqual(["The Supabase project at SUPABASE_URL does not answer."]);
    database = open({ timeoutMilliseconds: 150 });
    project.answer(() => undefined);
    expect(await refusalOf(me())).toEqual(away);
    project.answer((response) => void response.writeHead(200).write('{"id":'));
    expect(await refusalOf(me())).toEqual(away);
    project.answer((response) => void response.writeHead(500).write('{"code":'));
    expect(await refusalOf(me())).toEqual(away);
  });

  it("more than 64 MiB is refused without being read to its end", async () => {
    let sent = 0;
    const block = Buffer.alloc(1024 * 1024, " ");
    project.answer((response) => {
      const more = () => {
        while (!response.destroyed && sent < 400) {
          sent++;
          if (!response.write(block)) return void response.once("drain", more);
        }
        response.end("1");
      };
      more();
    });
    expect(await refusalOf(database.call("row_counts", { tableIds: [] }, user))).toEqual({
      sqlState: "CR422",
      message: "This is more than 64 MiB at once: ask for less.",
      detail: null,
    });
    expect(sent).toBeLessThan(150);
  });

  it("is measured as it unfolds where it comes compressed", async () => {
    const body = gzipSync(Buffer.alloc(65 * 1024 * 1024, " "));
    project.answer((response) => response.writeHead(200, { "content-encoding": "gzip" }).end(body));
    expect((await refusalOf(me())).sqlState).toBe("CR422");
  });

  it("a refusal that never ends is cut short too", async () => {
    project.answer((response) => response.writeHead(500).end(Buffer.alloc(10_000_000, "canary")));
    expect(await refusalOf(me())).toEqual(away);
  });
});

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { "content-length": "1000" });
  response.write('{"id": "canary"}');
  setTimeout(() => response.destroy(), 20);
}

describe("the driver", () => {
  it("shows neither keys, tokens nor what the project said in any error", async () => {
    for (const script of [
      { status: 400, body: { code: "23505", message: "canary", details: "canary", hint: "canary" } },
      { status: 401, body: { message: "canary" } },
      { status: 200, body: "canary" },
    ]) {
      project.answer(script);
      for (const call of [me, release]) {
        const error: unknown = await call().then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(Error);
        expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary|sb_secret/);
      }
    }
  });

  it("is ready when the project answers as the server, and not when it refuses or is away", async () => {
    project.answer((response) => response.end('"a-release"'));
    expect(await database.isReady()).toBe(true);
    for (const script of [{ body: null }, { status: 503, body: {} }, { status: 401, body: {} }, { body: "<html>" }]) {
      project.answer(script);
      expect(await database.isReady()).toBe(false);
    }
  });

  it("that closes answers what runs and sends nothing more", async () => {
    project.answer((response) => void setTimeout(() => response.end('{"id":"1"}'), 100));
    const running = me();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await database.close();
    expect(await running).toEqual({ id: "1" });
    expect((await refusalOf(me())).sqlState).toBe("08006");
    expect(project.requests).toHaveLength(1);
  });
});
