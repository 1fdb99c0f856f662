import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressHeaders, addressKeyOf } from "../../../src/database/address-proof.js";
import type { Caller } from "../../../src/database/port.js";
import { server } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";

const clientAddress = "203.0.113.44";
const key = addressKeyOf("sb_secret_the-server-s-own-key");

describe("client_address through PostgREST", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    await test.admin.query(`
      create function public.seen_address() returns text language sql security definer set search_path = pg_catalog
        as 'select cloakroom_private.client_address()';
      alter function public.seen_address() owner to cloakroom_owner;
      grant execute on function public.seen_address() to anon, authenticated, service_role`);
  });
  afterAll(() => test.drop());

  const tellKey = (addressKey: Buffer) => {
    const limits = { address_key: `\\x${addressKey.toString("hex")}` };
    return test.database.call("configure_limits", { limits }, server);
  };
  const someUser = (sessionId: string = randomUUID()): Caller => ({
    role: "authenticated",
    claims: { sub: randomUUID(), session_id: sessionId },
    accessToken: null,
    clientAddress,
  });

  /** As PostgREST runs a request: role, claims and headers in the transaction's settings. */
  async function seenBy(
    role: string,
    headers: Record<string, string> | null,
    claims: Caller["claims"] = null,
  ): Promise<string | null> {
    const client = await test.admin.connect();
    try {
      await client.query("begin");
      await client.query(
        `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
           set_config('request.headers', $3, true)`,
        [role, JSON.stringify(claims ?? { role }), headers === null ? "" : JSON.stringify(headers)],
      );
      return (await client.query("select public.seen_address() as address")).rows[0].address;
    } finally {
      await client.query("rollback");
      client.release();
    }
  }

  it("is null for users as long as no server has told its key, whatever proof they bring", async () => {
    const user = someUser();
    expect(await seenBy("authenticated", addressHeaders(user, key), user.claims)).toBeNull();
    expect(await seenBy("authenticated", addressHeaders(user, Buffer.alloc(0)), user.claims)).toBeNull();
  });

  it("is what the server's own calls say", async () => {
    expect(await seenBy("service_role", { "x-cloakroom-client-address": clientAddress })).toBe(clientAddress);
    expect(await seenBy("service_role", {})).toBeNull();
    expect(await seenBy("service_role", null)).toBeNull();
  });

  it("counts for a user with the server's proof for this address and this session", async () => {
    await tellKey(key);
    const user = someUser();
    expect(await seenBy("authenticated", addressHeaders(user, key), user.claims)).toBe(clientAddress);
  });

  it("cannot be forged by a user's own headers", async () => {
    await tellKey(key);
    const [user, other] = [someUser(), someUser()];
    const proof = addressHeaders(user, key);
    const forged: Record<string, string>[] = [
      {},
      { "x-cloakroom-client-address": "192.0.2.1" },
      { ...proof, "x-cloakroom-client-address": "192.0.2.1" },
      { ...proof, "x-cloakroom-address-proof": "" },
      { ...proof, "x-cloakroom-address-proof": proof["x-cloakroom-address-proof"]?.toUpperCase() ?? "" },
      addressHeaders(other, key),
      addressHeaders(user, addressKeyOf("another key")),
      { "x-forwarded-for": "192.0.2.1", "x-real-ip": "192.0.2.1", "cf-connecting-ip": "192.0.2.1" },
    ];
    for (const headers of forged) expect(await seenBy("authenticated", headers, user.claims)).toBeNull();
    expect(await seenBy("authenticated", proof, {})).toBeNull();
    expect(await seenBy("authenticated", proof, { ...user.claims, session_id: null })).toBeNull();
    expect(await seenBy("authenticated", proof, { ...user.claims, role: "service_role" })).toBe(clientAddress);
    expect(await seenBy("anon", { "x-cloakroom-client-address": clientAddress })).toBeNull();
  });

  it("takes no key of another length, and keeps the one it has where limits are told without one", async () => {
    await tellKey(key);
    await expect(tellKey(Buffer.alloc(31))).rejects.toMatchObject({ sqlState: "23514" });
    await test.database.call("configure_limits", { limits: { session_days: 3 } }, server);
    const { rows } = await test.admin.query("select address_key from cloakroom.settings");
    expect(rows[0].address_key).toEqual(key);
  });

  it("is shown to nobody: no API role reads the key", async () => {
    for (const role of ["anon", "authenticated", "service_role", "cloakroom_server"]) {
      const { rows } = await test.admin.query("select has_table_privilege($1, 'cloakroom.settings', 'select') as may", [
        role,
      ]);
      expect(rows[0].may, role).toBe(false);
    }
  });
});
