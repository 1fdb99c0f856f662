import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressKeyOf } from "../../src/database/address-proof.js";
import { hashOfCurrent } from "../../src/database/current-definitions.js";
import { readMigrationFiles } from "../../src/database/migration-files.js";
import { createSupabaseDatabase } from "../../src/database/supabase.js";
import { startSupabaseDatabase } from "../../src/database/supabase-start.js";
import { server } from "../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { setLimits, signInTo } from "../support/people.js";
import { type Script, type ScriptedProject, startScriptedProject } from "../support/scripted-project.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";
import { authenticatorUrl } from "../support/supabase-peer-role.js";

const serviceKey = "sb_secret_canary-service-key";
const anonKey = "sb_publishable_canary-anon-key";
const log = () => undefined;

describe("starting over a Supabase project", () => {
  let project: ScriptedProject;
  let ownRelease: Script;
  const refused: Script = { status: 401, body: { code: "42501", message: "permission denied" } };
  beforeAll(async () => {
    project = await startScriptedProject();
    const own = hashOfCurrent((await readMigrationFiles()).current);
    ownRelease = (response) => response.end(JSON.stringify(own));
  });
  afterAll(() => project.close());

  const silence: Script = () => undefined;
  const start = (...scripts: Script[]) => {
    project.answer(...scripts);
    const timeoutMilliseconds = scripts.includes(silence) ? 500 : 10_000;
    return startSupabaseDatabase({ url: project.url, serviceKey, anonKey, log, timeoutMilliseconds });
  };
  const sentence = (...scripts: Script[]) =>
    start(...scripts).then(
      () => "",
      (error: Error) => error.message,
    );

  it("asks for its release, tries the public key, and says by which key it proves addresses", async () => {
    await start(ownRelease, refused, { body: true });
    expect(project.requests.map(({ path }) => path)).toEqual([
      "/rest/v1/rpc/release",
      "/rest/v1/rpc/release",
      "/rest/v1/rpc/configure_limits",
    ]);
    expect(project.requests[1]?.headers).toMatchObject({ apikey: anonKey });
    expect(project.requests[2]?.body).toEqual({
      limits: { address_key: `\\x${addressKeyOf(serviceKey).toString("hex")}` },
    });
  });

  it.each<[string, Script, string]>([
    [
      "of another release",
      (response) => response.end('"another"'),
      "is not of this server's release: apply what `npm run db:bundle` prints",
    ],
    ["that is not migrated", { body: null }, "is not migrated: apply what `npm run db:bundle` prints"],
    ["without our functions", { status: 404, body: { code: "PGRST202" } }, "is not migrated"],
    ["that does not expose them", { status: 406, body: { code: "PGRST106" } }, "does not expose cloakroom_api"],
    ["that refuses the key", { status: 401, body: { message: "Invalid API key" } }, "refuses SUPABASE_SERVICE_KEY"],
    ["that did not sign the key", { status: 401, body: { code: "PGRST301" } }, "refuses SUPABASE_SERVICE_KEY"],
    [
      "to which the key is no service key",
      { status: 403, body: { code: "42501" } },
      "SUPABASE_SERVICE_KEY is not a secret",
    ],
    ["that is paused", { status: 540, body: "<html>" }, "answers with an error"],
    ["whose database is away", { status: 503, body: { code: "PGRST002" } }, "answers with an error (PGRST002)"],
    ["that has moved", (response) => response.writeHead(308, { location: "/" }).end(), "answers with a redirect"],
    ["that is none", { status: 404, body: "<html>" }, "There is no Supabase project at SUPABASE_URL"],
    ["that says nothing", silence, "does not answer"],
  ])("refuses a project %s, in one sentence that says what to do", async (_, script, words) => {
    const message = await sentence(script);
    expect(message).toContain(words);
    expect(message).toMatch(/^[^\n]+\.$/);
    expect(message).not.toContain("canary");
  });

  it("refuses a public key that the project does not know, and one that is a secret key", async () => {
    expect(await sentence(ownRelease, { status: 401, body: { message: "Invalid API key" } })).toBe(
      "The Supabase project refuses SUPABASE_ANON_KEY.",
    );
    expect(await sentence(ownRelease, ownRelease)).toBe(
      "SUPABASE_ANON_KEY is a secret key: set the publishable or anon key.",
    );
    expect(project.requests).toHaveLength(2);
  });

  it("waits for PostgREST to know functions that were just made, and for nothing else", async () => {
    const unknown: Script = { status: 404, body: { code: "PGRST202" } };
    const options = { url: project.url, serviceKey, anonKey, log, patienceMilliseconds: 5_000 };
    project.answer(unknown, { status: 503, body: { code: "PGRST002" } }, ownRelease, refused, { body: true });
    await startSupabaseDatabase(options);
    project.answer({ status: 401, body: {} }, ownRelease);
    await expect(startSupabaseDatabase(options)).rejects.toThrow("SUPABASE_SERVICE_KEY");
  });
});

describe("starting over a project that is migrated", () => {
  let test: TestDatabase;
  let peer: SupabasePeer;
  beforeAll(async () => {
    test = await createTestDatabase();
    peer = await startSupabasePeer(await authenticatorUrl(test.adminUrl));
  });
  afterAll(async () => {
    await peer?.close();
    await test.drop();
  });

  it.each(["legacy", "new"])("answers with %s keys", async (kind) => {
    const keys =
      kind === "new"
        ? { serviceKey: peer.secretKey, anonKey: peer.publishableKey }
        : { serviceKey: peer.serviceKey, anonKey: peer.anonKey };
    const database = await startSupabaseDatabase({ url: peer.url, ...keys, log });
    expect(await database.isReady()).toBe(true);
    const { rows } = await test.admin.query("select encode(address_key, 'hex') as key from cloakroom.settings");
    expect(rows[0].key).toBe(addressKeyOf(keys.serviceKey).toString("hex"));
    await database.close();
  });

  it("answers lists whole that the project would cut at its max rows", async () => {
    await setLimits(test.database);
    const { userId, sessionId, caller } = await signInTo(test.database);
    await test.admin.query(
      `insert into cloakroom.sessions (user_id, is_remembered, expires_at) select $1, false, now() + interval '1 day' from generate_series(1, 1200)`,
      [userId],
    );
    const accessToken = peer.mint({ sub: userId, session_id: sessionId });
    const keys = { serviceKey: peer.secretKey, anonKey: peer.publishableKey };
    const database = createSupabaseDatabase({ url: peer.url, ...keys, log });
    expect(await database.call("sessions", {}, { ...caller, accessToken })).toHaveLength(1201);
    const direct = await fetch(`${peer.url}/rest/v1/rpc/sessions`, {
      method: "POST",
      headers: {
        apikey: peer.publishableKey,
        authorization: `Bearer ${accessToken}`,
        "content-profile": "cloakroom_api",
        "content-type": "application/json",
      },
      body: "{}",
    });
    expect(await direct.json()).toHaveLength(1000);
  });

  it("refuses keys that were exchanged for one another", async () => {
    const exchanged = { url: peer.url, serviceKey: peer.anonKey, anonKey: peer.serviceKey, log };
    await expect(startSupabaseDatabase(exchanged)).rejects.toThrow("SUPABASE_SERVICE_KEY is not a secret");
    const twice = { url: peer.url, serviceKey: peer.secretKey, anonKey: peer.secretKey, log };
    await expect(startSupabaseDatabase(twice)).rejects.toThrow("SUPABASE_ANON_KEY is a secret key");
  });

  it("refuses a database whose definitions are not this server's", async () => {
    const keys = { url: peer.url, serviceKey: peer.secretKey, anonKey: peer.publishableKey, log };
    await test.admin.query("update cloakroom_private.migrations set sha256 = 'older' where name = 'current'");
    await expect(startSupabaseDatabase(keys)).rejects.toThrow("is not of this server's release");
    await test.admin.query("delete from cloakroom_private.migrations where name = 'current'");
    await expect(startSupabaseDatabase(keys)).rejects.toThrow("is not migrated");
  });

  it("lets the server alone ask for the release", async () => {
    const claims = { sub: "9b3f0000-0000-4000-8000-000000000001", role: "authenticated" };
    const user = { role: "authenticated", claims, accessToken: null, clientAddress: null } as const;
    await expect(test.database.call("release", {}, user)).rejects.toMatchObject({ sqlState: "42501" });
    await expect(test.database.call("release", {}, server)).resolves.toBeNull();
  });
});
