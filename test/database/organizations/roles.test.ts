import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MemberRecord, OrganizationRecord } from "../../../src/services/organizations.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo, somePhone } from "../../support/people.js";

const roles = ["VIEWER", "MEMBER", "ADMIN", "OWNER"] as const;
type RoleName = (typeof roles)[number];

describe("who may do what in an organization", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  let stranger: DatabasePerson;
  const people = {} as Record<RoleName, DatabasePerson>;

  beforeAll(async () => {
    [testing, owner] = await organizationStage();
    stranger = await signInTo(testing.database);
    for (const role of roles) people[role] = await memberOf(testing.database, owner, role);
  });
  afterAll(() => testing.drop());

  const add = (person: DatabasePerson, role: string, phone = somePhone(), organizationId = owner.organizationId) =>
    call<MemberRecord>(testing.database, "add_member", { organizationId, phone, role }, person.caller);
  const update = (person: DatabasePerson, memberId: string, role: string) =>
    call<MemberRecord>(testing.database, "update_member", { memberId, role }, person.caller);
  const remove = (person: DatabasePerson, memberId: string) =>
    call<boolean>(testing.database, "remove_member", { memberId }, person.caller);
  const members = (person: DatabasePerson) =>
    call<MemberRecord[]>(testing.database, "members", { organizationIds: [owner.organizationId] }, person.caller);
  const state = async (promise: Promise<unknown>) => (await refusal(promise)).sqlState ?? "done";
  const target = async (role: string) => (await add(owner, role)).id;

  /** Rows: who asks. Columns: the role made, changed or removed. */
  const matrix = {
    VIEWER: { VIEWER: "CR403", MEMBER: "CR403", ADMIN: "CR403", OWNER: "CR403" },
    MEMBER: { VIEWER: "CR403", MEMBER: "CR403", ADMIN: "CR403", OWNER: "CR403" },
    ADMIN: { VIEWER: "done", MEMBER: "done", ADMIN: "done", OWNER: "CR403" },
    OWNER: { VIEWER: "done", MEMBER: "done", ADMIN: "done", OWNER: "done" },
  } as const;

  for (const asking of roles)
    for (const role of roles) {
      const expected = matrix[asking][role];
      const outcome = expected === "done" ? "may" : "may not";
      test(`${asking} ${outcome} add, change and remove ${role}`, async () => {
        const person = people[asking];
        expect(await state(add(person, role))).toBe(expected);
        expect(await state(update(person, await target("VIEWER"), role))).toBe(expected);
        expect(await state(update(person, await target(role), "VIEWER"))).toBe(expected);
        expect(await state(remove(person, await target(role)))).toBe(expected);
      });
    }

  test("a stranger finds nothing, in the same words as where there is nothing", async () => {
    const memberId = await target("VIEWER");
    const { organizationId } = owner;
    const asked: [string, Record<string, unknown>][] = [
      ["organization", { organizationId }],
      ["delete_organization", { organizationId }],
      ["add_member", { organizationId, phone: somePhone(), role: "VIEWER" }],
      ["update_member", { memberId, role: "OWNER" }],
      ["remove_member", { memberId }],
    ];
    for (const [fn, args] of asked) {
      const foreign = await call(testing.database, fn, args, stranger.caller).catch((error: unknown) => error);
      const key = "memberId" in args ? "memberId" : "organizationId";
      const missing = await call(testing.database, fn, { ...args, [key]: randomUUID() }, owner.caller).catch(
        (error: unknown) => error,
      );
      expect(foreign, fn).toMatchObject({ sqlState: "CR404", message: "Not found.", detail: null });
      expect(missing, fn).toEqual(foreign);
    }
    expect(await members(stranger)).toEqual([]);
    expect((await call<unknown[]>(testing.database, "organizations", {}, stranger.caller)).length).toBe(1);
  });

  test("every member reads the organization, in their own role, and its members, masked", async () => {
    for (const role of roles) {
      const { organizationId } = owner;
      const read = await call<OrganizationRecord>(
        testing.database,
        "organization",
        { organizationId },
        people[role].caller,
      );
      expect(read).toMatchObject({ id: organizationId, role });
      for (const { phone } of await members(people[role])) expect(phone).toMatch(/^\+1•{8}\d\d$/);
    }
  });

  test("an invited person shows neither user, name nor time, known or not, until their next request", async () => {
    const known = await signInTo(testing.database, somePhone(), { name: "Known" });
    const added = [await add(owner, "MEMBER", known.phone), await add(owner, "MEMBER")];
    for (const member of added)
      expect(member).toMatchObject({ userId: null, name: null, joinedAt: null, role: "MEMBER" });
    const listed = (await members(owner)).find(({ id }) => id === added[0]?.id);
    expect(listed).toEqual(added[0]);
    await call(testing.database, "me", {}, known.caller);
    const bound = (await members(owner)).find(({ id }) => id === added[0]?.id);
    expect(bound).toMatchObject({ userId: known.userId, name: "Known" });
    expect(bound?.joinedAt).not.toBeNull();
  });

  test("a phone is a member once, whether invited, bound or the founder's own, also where two add it at once", async () => {
    const phone = somePhone();
    const both = await Promise.all([state(add(owner, "MEMBER", phone)), state(add(people.ADMIN, "VIEWER", phone))]);
    expect(both.sort()).toEqual(["CR409", "done"]);
    expect(await state(add(owner, "MEMBER", owner.phone))).toBe("CR409");
    expect(await state(add(owner, "MEMBER", people.VIEWER.phone))).toBe("CR409");
  });

  test("anyone may remove themselves, on record, and is a stranger then", async () => {
    for (const role of roles) {
      const person = await memberOf(testing.database, owner, role);
      const own = (await members(person)).find(({ userId }) => userId === person.userId);
      expect(await remove(person, own?.id ?? "")).toBe(true);
      expect(await members(person)).toEqual([]);
      const { rows } = await testing.admin.query(
        "select action, actor_id from cloakroom.audit_events where target_id = $1 order by sequence desc limit 1",
        [own?.id],
      );
      expect(rows).toEqual([{ action: "MEMBER_REMOVED", actor_id: person.userId }]);
    }
  });

  test("each change is one event, and a refused one is none", async () => {
    const events = async () =>
      (
        await testing.admin.query(
          "select action, actor_id, details from cloakroom.audit_events where organization_id = $1 order by sequence",
          [owner.organizationId],
        )
      ).rows;
    const before = (await events()).length;
    const { id } = await add(owner, "VIEWER");
    await update(people.ADMIN, id, "MEMBER");
    await state(update(people.VIEWER, id, "ADMIN"));
    await remove(people.ADMIN, id);
    expect((await events()).slice(before)).toEqual([
      { action: "MEMBER_ADDED", actor_id: owner.userId, details: { role: "VIEWER" } },
      { action: "MEMBER_UPDATED", actor_id: people.ADMIN.userId, details: { role: "MEMBER", previousRole: "VIEWER" } },
      { action: "MEMBER_REMOVED", actor_id: people.ADMIN.userId, details: { role: "MEMBER" } },
    ]);
  });

  test("an unknown role and what is no phone are refused by field", async () => {
    expect(await refusal(add(owner, "BOSS"))).toEqual({ sqlState: "CR422", detail: "input.role" });
    expect(await refusal(add(owner, "VIEWER", "nobody"))).toEqual({ sqlState: "CR422", detail: "input.phone" });
    expect(await refusal(update(owner, await target("VIEWER"), "boss"))).toEqual({
      sqlState: "CR422",
      detail: "input.role",
    });
  });
});
