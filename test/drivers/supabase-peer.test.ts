import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";
import { authenticatorUrl } from "../support/supabase-peer-role.js";

/** Functions that say what a call looks like from within; `cloakroom_api` is exposed, so they stand there. */
const probes = `
  create function cloakroom_api.probe_caller() returns jsonb language sql as $$
    select jsonb_build_object('role', current_user, 'claims', current_setting('request.jwt.claims', true)::jsonb,
      'header', current_setting('request.headers', true)::jsonb ->> 'x-probe',
      'readOnly', current_setting('transaction_read_only'), 'timeout', current_setting('statement_timeout'))
  $$;
  create function cloakroom_api.probe_stable() returns text language sql stable as
    $$ select current_setting('transaction_read_only') $$;
  create function cloakroom_api.probe_raise(state text) returns void language plpgsql as
    $$ begin raise exception 'said' using errcode = state, detail = 'more', hint = 'try'; end $$;
  create function cloakroom_api.probe_many() returns setof int language sql as 'select generate_series(1, 1500)';
  create function cloakroom_api.probe_row() returns cloakroom_api.sign_in language sql as $$
    select row('x', null, row(null, '2026-01-02 03:04:05.6+00', null, null, true, true, '(,"', null)::cloakroom_api.session,
      null)::cloakroom_api.sign_in
  $$;
  create function cloakroom_api.probe_truth(value boolean) returns text language sql as 'select value::text';
  create function cloakroom_api.probe_json("values" jsonb) returns jsonb language sql as 'select $1';
  grant usage on schema cloakroom_api to anon;
  grant execute on all functions in schema cloakroom_api to authenticated, service_role;
  grant execute on function cloakroom_api.probe_caller() to anon;`;

describe("the Supabase peer, where @supabase/lite by itself would not", () => {
  let testing: TestDatabase;
  let peer: SupabasePeer;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await testing.admin.query(probes);
    await testing.admin.query(`alter role authenticated in database ${testing.name} set statement_timeout = '8s'`);
    peer = await startSupabasePeer(await authenticatorUrl(testing.adminUrl));
  });
  afterAll(async () => {
    await peer.close();
    await testing.drop();
  });

  async function rpc(fn: string, args: object = {}, headers: Record<string, string> = {}) {
    const response = await fetch(`${peer.url}/rest/v1/rpc/${fn}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-profile": "cloakroom_api",
        apikey: peer.secretKey,
        ...headers,
      },
      body: JSON.stringify(args),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  }
  const roleBy = async (headers: Record<string, string>) => (await rpc("probe_caller", {}, headers)).body.role;

  it("takes each kind of key for its role, in either header, and a user's token before the key", async () => {
    expect(await roleBy({ apikey: peer.secretKey })).toBe("service_role");
    expect(await roleBy({ apikey: peer.publishableKey })).toBe("anon");
    expect(await roleBy({ apikey: peer.serviceKey })).toBe("service_role");
    expect(await roleBy({ apikey: peer.anonKey, authorization: `Bearer ${peer.anonKey}` })).toBe("anon");
    const token = peer.mint({ sub: "00000000-0000-4000-8000-000000000001", session_id: "none" });
    for (const apikey of [peer.publishableKey, peer.anonKey, peer.secretKey])
      expect(await roleBy({ apikey, authorization: `Bearer ${token}` })).toBe("authenticated");
  });

  it("passes the token's claims and the request's headers on", async () => {
    const token = peer.mint({ sub: "00000000-0000-4000-8000-000000000001", mine: { a_b: "ü" } });
    const headers = { apikey: peer.publishableKey, authorization: `Bearer ${token}`, "x-probe": "seen" };
    const { body } = await rpc("probe_caller", {}, headers);
    expect(body).toMatchObject({ header: "seen", claims: { mine: { a_b: "ü" }, role: "authenticated" } });
  });

  it("keeps a caller to the time that their role has for a statement", async () => {
    const authorization = `Bearer ${peer.mint({ sub: "00000000-0000-4000-8000-000000000001" })}`;
    expect((await rpc("probe_caller", {}, { apikey: peer.anonKey, authorization })).body.timeout).toBe("8s");
    expect((await rpc("probe_caller")).body.timeout).toBe("0");
  });

  it("refuses no key, an unknown one, a stale token and one of another project", async () => {
    const stale = peer.mint({ exp: 1_000_000 });
    const [header, payload] = peer.mint({}).split(".");
    const authorized = (token: string) => ({ apikey: peer.publishableKey, authorization: `Bearer ${token}` });
    expect((await rpc("probe_caller", {}, { apikey: "" })).status).toBe(401);
    expect((await rpc("probe_caller", {}, { apikey: "sb_secret_unknown" })).status).toBe(401);
    expect(await rpc("probe_caller", {}, authorized(stale))).toMatchObject({ status: 401, body: { code: "PGRST303" } });
    const forged = `${header}.${payload}.${"A".repeat(43)}`;
    expect(await rpc("probe_caller", {}, authorized(forged))).toMatchObject({
      status: 401,
      body: { code: "PGRST301" },
    });
  });

  it("grants nobody anything of its own accord", async () => {
    await rpc("probe_caller");
    const { rows } = await testing.admin.query(
      `select grantee, table_name from information_schema.role_table_grants
       where table_schema = 'cloakroom' and grantee in ('anon', 'authenticated', 'service_role')`,
    );
    expect(rows).toEqual([]);
  });

  it.each(["CR404", "CR422", "23514", "40P01", "57014", "P0001"])(
    "passes the SQLSTATE %s on with its words",
    async (state) => {
      const status = { "40P01": 500, "57014": 500 }[state] ?? 400;
      const body = { code: state, message: "said", details: "more", hint: "try" };
      expect(await rpc("probe_raise", { state })).toEqual({ status, body });
    },
  );

  it("answers 401 to nobody and 403 to somebody where a right is missing", async () => {
    const missing = (apikey: string) => rpc("probe_stable", {}, { apikey });
    await testing.admin.query("revoke execute on function cloakroom_api.probe_stable() from public, service_role");
    expect(await missing(peer.anonKey)).toMatchObject({ status: 401, body: { code: "42501" } });
    expect(await missing(peer.serviceKey)).toMatchObject({ status: 403, body: { code: "42501" } });
    await testing.admin.query("grant execute on function cloakroom_api.probe_stable() to service_role");
  });

  it("runs stable functions in read-only transactions, and others not", async () => {
    expect((await rpc("probe_stable")).body).toBe("on");
    expect((await rpc("probe_caller")).body.readOnly).toBe("off");
  });

  it("answers rows as Postgres writes them in JSON, composite ones within others too", async () => {
    expect((await rpc("probe_row")).body).toMatchObject({
      outcome: "x",
      session: { created_at: "2026-01-02T03:04:05.6+00:00", remember_me: true, user_agent: '(,"' },
    });
  });

  it.each([{ a_b: [1, null] }, [], "text", '{"a":1}', "", 1.5, true])(
    "hands %j on, under any argument's name",
    async (values) => {
      expect((await rpc("probe_json", { values })).body).toEqual(values);
    },
  );

  it("has Postgres read what is given for true or false", async () => {
    const read = async (value: unknown) => (await rpc("probe_truth", { value })).body;
    expect([await read(true), await read(false), await read("yes"), await read(null)]).toEqual([
      "true",
      "false",
      "true",
      null,
    ]);
    expect(await read("canary")).toMatchObject({ code: "22P02" });
  });

  it("cuts sets of rows at 1,000, as hosted projects do", async () => {
    expect((await rpc("probe_many")).body).toHaveLength(1000);
  });
});
