import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { makePremises, type Premises, representativeCalls } from "../support/direct-stage.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";
import { authenticatorUrl } from "../support/supabase-peer-role.js";

/** PostgREST lets whoever calls say what is done with an answer, in the same transaction: what fails there undoes the call. */
describe("a direct caller who makes PostgREST fail after the call", () => {
  let test: TestDatabase;
  let peer: SupabasePeer;
  let own: Premises;
  beforeAll(async () => {
    test = await createTestDatabase();
    own = await makePremises(test.database, "own-canary");
    await test.admin.query(`alter database ${test.name} set cloakroom.root_key to '${test.rootKey}'`);
    peer = await startSupabasePeer(await authenticatorUrl(test.adminUrl));
  });
  afterAll(async () => {
    await peer?.close();
    await test?.drop();
  });

  async function ask(query: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${peer.url}/rest/v1/rpc/reveal_cell${query}`, {
      method: "POST",
      headers: {
        apikey: peer.anonKey,
        authorization: `Bearer ${peer.mint(own.owner.caller.claims as Record<string, unknown>)}`,
        "content-type": "application/json",
        "content-profile": "cloakroom_api",
        ...headers,
      },
      body: JSON.stringify(representativeCalls(own).reveal_cell),
    });
    return { status: response.status, text: await response.text() };
  }
  const events = async () =>
    (await test.admin.query("select count(*)::int as n from cloakroom.audit_events where action = 'CELL_REVEALED'"))
      .rows[0].n;

  it("x", async () => {
    for (const [q, h] of [
      ["", {}],
      ["?select=value::int", {}],
      ["?value=eq.1", { accept: "application/vnd.pgrst.object+json" }],
      ["?value=like.sealed*", { accept: "application/vnd.pgrst.object+json" }],
      ["?value=like.sealed*&select=outcome", { accept: "application/vnd.pgrst.object+json" }],
      ["?nonexist=eq.1", {}],
      ["", { prefer: "tx=rollback" }],
    ] as const) {
      const before = await events();
      const answer = await ask(q, h);
      console.log(q, JSON.stringify(h), answer.status, answer.text.slice(0, 300), "events", (await events()) - before);
    }
    expect(1).toBe(1);
  });
});
