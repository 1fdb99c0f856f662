import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import jwt from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { camelCased } from "../../src/database/casing.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { type DirectAccess, openDirectAccess } from "../support/direct-caller.js";
import { everythingOf, makePremises, type Premises, representativeCalls } from "../support/direct-stage.js";
import { call } from "../support/people.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";
import { authenticatorUrl } from "../support/supabase-peer-role.js";

const views = ["organizations", "members", "tables", "columns", "rows"];

/** As the pages of a Supabase project would ask, with supabase-js, the public key and a user's token. */
describe("direct callers through PostgREST", () => {
  let test: TestDatabase;
  let access: DirectAccess;
  let peer: SupabasePeer;
  let own: Premises;
  let foreign: Premises;
  let user: SupabaseClient;
  let anon: SupabaseClient;
  beforeAll(async () => {
    test = await createTestDatabase();
    own = await makePremises(test.database, "own-canary");
    foreign = await makePremises(test.database, "foreign-canary");
    access = await openDirectAccess(test);
    peer = await startSupabasePeer(await authenticatorUrl(test.adminUrl));
    user = clientOf(tokenOf(own));
    anon = clientOf(null);
  });
  afterAll(async () => {
    await peer?.close();
    await access?.end();
    await test?.drop();
  });

  const claimsOf = ({ owner }: Premises) => owner.caller.claims as Record<string, unknown>;
  const tokenOf = (on: Premises) => peer.mint(claimsOf(on));
  const clientOf = (token: string | null, headers: Record<string, string> = {}): SupabaseClient =>
    createClient(peer.url, peer.anonKey, {
      db: { schema: "cloakroom_api" as "public" },
      realtime: { transport: WebSocket as never },
      accessToken: async () => token ?? peer.anonKey,
      global: { headers },
    });

  it("read their own organizations' masked rows with select(), and filter and order as they like", async () => {
    const { data, error } = await user.from("rows").select().order("sequence");
    expect(error).toBeNull();
    expect(data).toHaveLength(2);
    expect(data?.[0]).toMatchObject({ id: own.rowId, values: { [own.secretId]: "••••••••nary" } });
    for (const view of views) {
      const { data } = await user.from(view).select("*");
      expect(data?.length).toBeGreaterThan(0);
      expect(JSON.stringify(data)).not.toMatch(/foreign-canary|sealed-|gAAAA/);
    }
    expect((await user.from("rows").select("id").eq("id", foreign.rowId)).data).toEqual([]);
    expect((await user.from("tables").select("id").or(`id.eq.${foreign.tableId},name.like.*canary*`)).data).toEqual([
      { id: own.tableId },
    ]);
    expect((await user.from("organizations").select("*", { count: "exact", head: true })).count).toBe(1);
  });

  it("reach no sealed column, no other schema, and write to nothing", async () => {
    for (const columns of ["sealed", "*, sealed", "organization_id, masks", "id, cloakroom_rows(*)"])
      expect((await user.from("rows").select(columns)).error).not.toBeNull();
    for (const schema of ["cloakroom", "cloakroom_private", "vault", "auth", "pg_catalog", "information_schema"])
      for (const view of ["rows", "shown_rows", "users", "secrets", "pg_authid", "tables"])
        expect(
          (
            await user
              .schema(schema as "public")
              .from(view)
              .select()
          ).error,
        ).not.toBeNull();
    for (const client of [user, anon])
      for (const view of views) {
        const writes = [
          client.from(view).insert({ id: own.rowId }),
          client.from(view).upsert({ id: own.rowId }),
          client.from(view).update({ name: "mine" }).eq("id", own.tableId),
          client.from(view).delete().eq("id", own.rowId),
        ];
        for (const { error, data } of await Promise.all(writes)) {
          expect(error).not.toBeNull();
          expect(data).toBeNull();
        }
      }
    expect((await anon.from("rows").select()).error).toMatchObject({ code: "42501" });
  });

  it("call every function that is theirs, each with the answer that SQL gives, and no other", async () => {
    for (const { name, isForUsers, arguments: types } of access.signatures) {
      const args = representativeCalls(own)[name];
      const nothing = Object.fromEntries(Object.keys(types).map((argument) => [argument, null]));
      const refused = await anon.rpc(name, args ?? nothing);
      expect([name, refused.error?.code, refused.data]).toEqual([name, "42501", null]);
      if (isForUsers) continue;
      const { error, data } = await user.rpc(name, nothing);
      expect([name, error?.code, data]).toEqual([name, "42501", null]);
    }
    const reads = [
      "me",
      "sessions",
      "organizations",
      "organization",
      "members",
      "tables",
      "columns",
      "rows",
      "row_by_id",
    ];
    for (const name of [
      ...reads,
      "row_counts",
      "provider_keys",
      "audit_events",
      "conversations",
      "messages",
      "table_by_id",
    ]) {
      const args = representativeCalls(own)[name];
      const { data, error } = await user.rpc(name, args);
      expect([name, error]).toEqual([name, null]);
      expect([name, camelCased(data)]).toEqual([name, await access.call(claimsOf(own), name, args)]);
    }
    const writes = [
      "add_rows",
      "update_row",
      "reveal_cell",
      "insert_provider_key",
      "create_table",
      "add_column",
      "update_column",
    ];
    for (const name of [...writes, "delete_rows", "verify_audit_log", "add_member", "create_organization"]) {
      const { error } = await user.rpc(name, representativeCalls(own)[name]);
      expect([name, error]).toEqual([name, null]);
    }
  });

  it("get our own refusals with their words, and of anything else the SQLSTATE alone", async () => {
    const { error } = await user.rpc("row_by_id", { id: foreign.rowId });
    expect(error).toMatchObject({ code: "CR404", message: "Not found." });
    const long = await user.rpc("create_organization", { name: "canary".repeat(100) });
    expect(long.error).toMatchObject({ code: "CR422", details: "input.name" });
    expect(JSON.stringify(long.error)).not.toContain("canary");
    const wrong = await user.rpc("update_column", { id: own.secretId, changes: { sensitive: "canary" } });
    expect(wrong.error).toMatchObject({ code: "CR422", details: "input.sensitive" });
  });

  it("change nothing of another organization with any of those calls", async () => {
    const before = (await test.admin.query(everythingOf(foreign.organizationId))).rows[0].everything;
    for (const [name, args] of Object.entries(representativeCalls(foreign))) {
      if (/^(create_organization|delete_account)$/.test(name)) continue;
      const { data } = await user.rpc(name, args);
      expect([name, JSON.stringify(data)]).toEqual([name, expect.not.stringMatching(/foreign-canary|sealed-/)]);
    }
    expect((await test.admin.query(everythingOf(foreign.organizationId))).rows[0].everything).toBe(before);
  });

  it("are refused with a token that was forged, or that says of itself to be more", async () => {
    const claims: Record<string, unknown> = {
      ...claimsOf(foreign),
      aud: "authenticated",
      exp: Math.floor(Date.now() / 1000) + 3600,
    };
    const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
    const forged = {
      "another secret": jwt.sign(claims, "another secret of forty characters 0123456"),
      "no signature": none,
      expired: peer.mint({ ...claims, exp: Math.floor(Date.now() / 1000) - 60 }),
      garbage: "not.a.token",
    };
    for (const [how, token] of Object.entries(forged)) {
      const { data, error } = await clientOf(token).from("rows").select();
      expect([how, data, error === null]).toEqual([how, null, false]);
      const me = await clientOf(token).rpc("me");
      expect([how, me.data, me.error === null]).toEqual([how, null, false]);
    }
    const posing = [
      { role: "cloakroom_owner" },
      { role: "cloakroom_server" },
      { role: "postgres" },
      { role: "authenticated; set role cloakroom_owner" },
      { role: "authenticated", sub: claims.sub },
      { role: "authenticated", sub: claims.sub, session_id: claimsOf(own).session_id },
      { role: "authenticated", sub: claimsOf(own).sub, session_id: claims.session_id },
    ];
    for (const more of posing) {
      const client = clientOf(peer.mint(more));
      const { data } = await client.from("rows").select();
      expect([more, data ?? []]).toEqual([more, []]);
      expect((await client.rpc("me")).data).toBeNull();
    }
  });

  it("write no address of their own choice into the log by a header", async () => {
    const headers = { "x-cloakroom-client-address": "198.51.100.66", "x-forwarded-for": "198.51.100.66" };
    const { error } = await clientOf(tokenOf(foreign), headers).rpc(
      "reveal_cell",
      representativeCalls(foreign).reveal_cell,
    );
    expect(error).toBeNull();
    const { rows } = await test.admin.query(
      "select ip_sealed from cloakroom.audit_events where organization_id = $1 order by sequence desc limit 1",
      [foreign.organizationId],
    );
    expect(rows).toEqual([{ ip_sealed: null }]);
  });

  it("are nobody from the moment their session ends, though their token lives on", async () => {
    const ending = clientOf(tokenOf(foreign));
    expect((await ending.from("rows").select()).data).toHaveLength(2);
    await call(test.database, "revoke_session", {}, foreign.owner.caller);
    for (const view of views) expect((await ending.from(view).select()).data).toEqual([]);
    for (const [name, args] of Object.entries(representativeCalls(foreign))) {
      const { data, error } = await ending.rpc(name, args);
      if (name === "session") expect(data).toEqual([]);
      else expect([name, error?.code]).toEqual([name, "CR401"]);
    }
  });
});
