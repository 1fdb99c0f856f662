import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../../src/database/port.js";
import { createPostgresDatabase } from "../../../src/database/postgres.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { aMessage } from "../../support/messages.js";
import {
  call,
  codeFor,
  type DatabasePerson,
  memberOf,
  refusal,
  server,
  setLimits,
  signInTo,
} from "../../support/people.js";

describe("delete_account", () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = createPostgresDatabase({ url: test.url, rootKey: test.rootKey, poolSize: 20, log: () => undefined });
    await setLimits(database);
    const steps = [{ id: "a", question: "A?", kind: "text", required: true, trait: "a", maxLength: 10 }];
    await call(database, "configure_onboarding", { script: { steps, summary: [] } }, server);
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  const rows = async (text: string, values: unknown[] = []) => (await test.admin.query(text, values)).rows;
  const states = async (calls: Promise<unknown>[]) =>
    (await Promise.allSettled(calls)).map((one) => (one.status === "fulfilled" ? "ok" : one.reason.sqlState));

  /** Secrets that nothing points to any more, and what points to a secret that is gone. */
  const looseEnds = () =>
    rows(`with keys(id, name) as (
        select data_key_id, 'user:' || id from cloakroom.users
        union all select data_key_id, 'organization:' || id from cloakroom.organizations
        union all select data_key_id, 'conversation:' || id from cloakroom.conversations)
      select coalesce(k.name, s.name) as name from keys k full join vault.secrets s on s.id = k.id
      where (k.id is null or s.id is null) and s.name is distinct from 'cloakroom_lookup_key'
      union all select 'without a member: ' || o.id from cloakroom.organizations o
        where not exists (select from cloakroom.members m where m.organization_id = o.id)`);

  /** Everything that a person and the relay do, and two deletions, at once. @returns how each went, the deletions first */
  async function storm(person: DatabasePerson, beside: () => Promise<unknown>[]): Promise<string[]> {
    const { caller, phone, organizationId } = person;
    const again = await signInTo(database, phone);
    const ingest = (other: string) => {
      const message = { ...aMessage, chatGuid: phone, sender: phone, participants: [phone, other] };
      return call(database, "ingest_message", message, server);
    };
    await ingest("+14155551000");
    const code = await codeFor(database, phone);
    return states([
      call(database, "delete_account", {}, caller),
      call(database, "delete_account", {}, again.caller),
      ...beside(),
      call(database, "set_trait", { input: { name: "t", value: 1 } }, caller),
      call(database, "create_organization", { name: "Late" }, again.caller),
      call(database, "answer_onboarding", { input: { step: "a", answer: "x" } }, again.caller),
      call(database, "export_account", {}, again.caller),
      call(database, "person", {}, again.caller),
      call(database, "update_profile", { changes: { name: "N" } }, again.caller),
      call(database, "conversations", {}, caller),
      ingest("+14155551001"),
      call(database, "confirm_verification", { phone, code }, server),
      call(database, "refresh_session", { refreshToken: again.refreshToken }, server),
      call(database, "delete_organization", { organizationId }, again.caller),
      call(database, "revoke_session", {}, again.caller),
    ]);
  }
  const perUser = ["sessions", "members", "user_traits", "onboarding_sessions", "trait_profiles", "account_exports"];
  async function expectNothingLeftOf(userId: string) {
    expect(await rows("select 1 from cloakroom.users where id = $1", [userId])).toEqual([]);
    for (const table of perUser)
      expect(await rows(`select 1 from cloakroom.${table} where user_id = $1`, [userId]), table).toEqual([]);
    expect(await looseEnds()).toEqual([]);
  }

  /** 23505 is for whoever wrote twice in a row what another wrote at the same moment: nothing of it is, and they are told. */
  const expected = ["ok", "CR401", "CR404", "23503", "23505"];

  it("beside anything else: all of it, and each of the others before it or not at all; no loose end", async () => {
    for (let round = 0; round < 8; round++) {
      const person = await signInTo(database);
      const found = await storm(person, () => []);
      expect(found.filter((state) => !expected.includes(state))).toEqual([]);
      expect(found.slice(0, 2)).toContain("ok");
      await expectNothingLeftOf(person.userId);
    }
  });

  it("beside an invitation that each of the others would bind: whom Postgres undoes may ask again; no loose end", async () => {
    for (let round = 0; round < 8; round++) {
      const [person, host] = [await signInTo(database), await signInTo(database)];
      const invitation = { organizationId: host.organizationId, phone: person.phone, role: "ADMIN" };
      const found = await storm(person, () => [call(database, "add_member", invitation, host.caller)]);
      expect(found.filter((state) => ![...expected, "40P01"].includes(state))).toEqual([]);
      if (!found.slice(0, 2).includes("ok")) await call(database, "delete_account", {}, person.caller);
      await expectNothingLeftOf(person.userId);
      expect(
        await call(database, "verify_audit_log", { organizationId: host.organizationId }, host.caller),
      ).toMatchObject({
        valid: true,
      });
    }
  });

  it("of two owners who delete themselves at once the second is refused or takes the organization along", async () => {
    for (let round = 0; round < 8; round++) {
      const one = await signInTo(database);
      const two = await memberOf(database, one, "OWNER");
      const third = round % 2 ? await memberOf(database, one, "MEMBER") : null;
      const found = await states([one, two].map(({ caller }) => call(database, "delete_account", {}, caller)));
      const left = await rows("select role from cloakroom.members where organization_id = $1 order by role", [
        one.organizationId,
      ]);
      if (third) {
        expect(found.sort()).toEqual(["CR403", "ok"]);
        expect(left.map(({ role }) => role)).toEqual(["MEMBER", "OWNER"]);
      } else {
        expect(found).toEqual(["ok", "ok"]);
        expect(left).toEqual([]);
      }
      expect(await looseEnds()).toEqual([]);
    }
  });

  it("of two who are in a conversation the second takes it along", async () => {
    const [one, two] = [await signInTo(database), await signInTo(database)];
    const participants = [one.phone, two.phone];
    await call(database, "ingest_message", { ...aMessage, chatGuid: "both", sender: one.phone, participants }, server);
    const before = await rows("select 1 from cloakroom.conversations");
    expect(await states([one, two].map(({ caller }) => call(database, "delete_account", {}, caller)))).toEqual([
      "ok",
      "ok",
    ]);
    expect(await rows("select 1 from cloakroom.conversations")).toHaveLength(before.length - 1);
    expect(await looseEnds()).toEqual([]);
  });

  it("refused at the last organization it has touched none", async () => {
    const owner = await signInTo(database);
    const held = await call<{ id: string }>(database, "create_organization", { name: "Held" }, owner.caller);
    await memberOf(database, { ...owner, organizationId: held.id }, "ADMIN");
    await call(database, "set_trait", { input: { name: "t", value: 1 } }, owner.caller);
    expect(await refusal(call(database, "delete_account", {}, owner.caller))).toMatchObject({ sqlState: "CR403" });
    expect(await call<unknown[]>(database, "organizations", {}, owner.caller)).toHaveLength(2);
    expect(await call(database, "person", {}, owner.caller)).toMatchObject({ userTraits: [{ name: "t", value: 1 }] });
  });

  it("killed before its end has done nothing", async () => {
    const person = await signInTo(database);
    await call(database, "set_trait", { input: { name: "t", value: 1 } }, person.caller);
    const blocker = await test.admin.connect();
    await blocker.query("begin");
    await blocker.query("select from cloakroom.user_traits where user_id = $1 for update", [person.userId]);
    const deletion = refusal(call(database, "delete_account", {}, person.caller));
    const waiting = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let pid: number | undefined;
    while (pid === undefined) pid = (await rows(waiting))[0]?.pid;
    await rows("select pg_terminate_backend($1)", [pid]);
    expect((await deletion).sqlState).toBe("08006");
    await blocker.query("rollback");
    blocker.release();
    expect(await call(database, "person", {}, person.caller)).toMatchObject({ userTraits: [{ name: "t", value: 1 }] });
    expect(await call<unknown[]>(database, "organizations", {}, person.caller)).toHaveLength(1);
  });
});
