import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { type DirectAccess, openDirectAccess } from "../support/direct-caller.js";
import { claimsOf, makePremises, type Premises, representativeCalls } from "../support/direct-stage.js";
import { memberOf } from "../support/people.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";
import { authenticatorUrl } from "../support/supabase-peer-role.js";

interface Revealed {
  readonly outcome: string;
  readonly value: unknown;
  readonly audit_event: { readonly id: string; readonly sequence: number };
}

/**
 * PostgREST lets callers say what becomes of an answer (`select=value::int`, filters) in the very transaction of the
 * call, and what fails there undoes the call: the value in the error's words, and no event.
 */
describe("direct callers who have their own call undone", () => {
  let test: TestDatabase;
  let access: DirectAccess;
  let peer: SupabasePeer;
  let own: Premises;
  beforeAll(async () => {
    test = await createTestDatabase();
    own = await makePremises(test.database, "own-canary");
    access = await openDirectAccess(test);
    peer = await startSupabasePeer(await authenticatorUrl(test.adminUrl));
  });
  afterAll(async () => {
    await peer?.close();
    await access?.end();
    await test?.drop();
  });

  const cell = () => representativeCalls(own).reveal_cell ?? {};
  async function post(query: string, more: object = {}, claims = claimsOf(own)) {
    const headers = {
      apikey: peer.anonKey,
      authorization: `Bearer ${peer.mint(claims)}`,
      "content-type": "application/json",
      "content-profile": "cloakroom_api",
    };
    const body = JSON.stringify({ ...cell(), ...more });
    const response = await fetch(`${peer.url}/rest/v1/rpc/reveal_cell${query}`, { method: "POST", headers, body });
    return { status: response.status, text: await response.text() };
  }
  const ask = async (more: object = {}, claims = claimsOf(own)): Promise<Revealed> =>
    JSON.parse((await post("", more, claims)).text);
  const eventsNow = async () => {
    const events = "select count(*)::int as n from cloakroom.audit_events where action = 'CELL_REVEALED'";
    return (await test.admin.query(events)).rows[0].n as number;
  };

  it("get no value before its event is committed, whatever they ask for beside it", async () => {
    for (const query of [
      "",
      "?select=value",
      "?select=value::int",
      "?value=eq.1",
      "?value=like.sealed*",
      "?none=eq.1",
    ]) {
      const { text } = await post(query);
      expect([query, text]).toEqual([query, expect.not.stringContaining("sealed-")]);
    }
  });

  it("get no value in a transaction that they can undo themselves, however often they ask within it", async () => {
    const before = await eventsNow();
    const values = await access.request(
      { claims: claimsOf(own) },
      async (client) => {
        const { row_id, column_id } = cell();
        const reveal = async (eventId: string | null): Promise<Revealed> => {
          const text = "select to_json(cloakroom_api.reveal_cell($1, $2, null, $3)) as answer";
          return (await client.query(text, [row_id, column_id, eventId])).rows[0].answer;
        };
        const { outcome, value, audit_event } = await reveal(null);
        const again = await reveal(audit_event.id).catch(({ code }) => code);
        return [outcome, value, again];
      },
      false,
    );
    expect(values).toEqual(["recorded", null, "CR409"]);
    expect(await eventsNow()).toBe(before);
  });

  it("get it by a second call, which names the event of the first and writes none", async () => {
    const before = await eventsNow();
    const recorded = await ask();
    expect([recorded.outcome, recorded.value]).toEqual(["recorded", null]);
    const revealed = await ask({ recorded_event_id: recorded.audit_event.id });
    expect(revealed).toEqual({ ...recorded, outcome: "revealed", value: "sealed-own-canary", recorded_event_id: null });
    expect(await eventsNow()).toBe(before + 1);
  });

  it("are refused with an event that is another's, of another cell, of another kind, older, or none", async () => {
    const member = await memberOf(test.database, own.owner, "MEMBER");
    const theirs = await ask({}, member.caller.claims as Record<string, unknown>);
    const { rows } = await test.admin.query("select id from cloakroom.audit_events where action <> 'CELL_REVEALED'");
    const [other] = (await access.call(claimsOf(own), "add_rows", {
      table_id: own.tableId,
      rows: [{ [own.secretId]: "sealed-other" }],
    })) as { id: string }[];
    const ofOther = await ask({ row_id: other?.id });
    const changed = await ask({ row_id: other?.id });
    const values = { [own.secretId]: "sealed-changed" };
    await access.call(claimsOf(own), "update_row", { id: other?.id, values });
    for (const [row_id, id] of [
      [own.rowId, theirs.audit_event.id],
      [own.rowId, ofOther.audit_event.id],
      [own.rowId, rows[0].id],
      [own.rowId, own.rowId],
      [other?.id, changed.audit_event.id],
    ])
      expect(JSON.parse((await post("", { row_id, recorded_event_id: id })).text)).toMatchObject({
        code: "CR409",
      });
    const { audit_event } = await ask();
    await test.admin.query(`begin; alter table cloakroom.audit_events disable trigger the_log_only_grows;
      update cloakroom.audit_events set occurred_at = now() - interval '61 seconds' where id = '${audit_event.id}';
      alter table cloakroom.audit_events enable always trigger the_log_only_grows; commit`);
    expect((await post("", { recorded_event_id: audit_event.id })).text).toContain("CR409");
  });
});
