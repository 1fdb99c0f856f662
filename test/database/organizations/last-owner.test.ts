import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MemberRecord } from "../../../src/services/organizations.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, memberOf, refusal, setLimits, signInTo, somePhone } from "../../support/people.js";

describe("the last owner", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const update = (person: DatabasePerson, memberId: string, role: string) =>
    call(testing.database, "update_member", { memberId, role }, person.caller);
  const remove = (person: DatabasePerson, memberId: string) =>
    call(testing.database, "remove_member", { memberId }, person.caller);
  const state = async (promise: Promise<unknown>) => (await refusal(promise)).sqlState ?? "done";
  const memberId = async (person: DatabasePerson, organizationId: string) => {
    const members = await call<MemberRecord[]>(
      testing.database,
      "members",
      { organizationIds: [organizationId] },
      person.caller,
    );
    return members.find(({ userId }) => userId === person.userId)?.id ?? "";
  };
  const owners = async (organizationId: string) =>
    Number(
      (
        await testing.admin.query(
          "select count(*) from cloakroom.members where organization_id = $1 and role = 'OWNER' and user_id is not null",
          [organizationId],
        )
      ).rows[0].count,
    );
  async function twoOwners() {
    const first = await signInTo(testing.database);
    const second = await memberOf(testing.database, first, "OWNER");
    const { organizationId } = first;
    return {
      organizationId,
      first: { ...first, memberId: await memberId(first, organizationId) },
      second: { ...second, memberId: await memberId(second, organizationId) },
    };
  }

  test("neither leaves nor steps down", async () => {
    const owner = await signInTo(testing.database);
    const own = await memberId(owner, owner.organizationId);
    expect(await state(remove(owner, own))).toBe("CR403");
    expect(await state(update(owner, own, "ADMIN"))).toBe("CR403");
    expect(await state(update(owner, own, "OWNER"))).toBe("done");
  });

  test("is not replaced by one who was invited and has not come", async () => {
    const owner = await signInTo(testing.database);
    const { organizationId } = owner;
    const invited = await call<MemberRecord>(
      testing.database,
      "add_member",
      { organizationId, phone: somePhone(), role: "OWNER" },
      owner.caller,
    );
    expect(await state(remove(owner, await memberId(owner, organizationId)))).toBe("CR403");
    expect(await state(remove(owner, invited.id))).toBe("done");
  });

  test("may go once another is there", async () => {
    const { first, second, organizationId } = await twoOwners();
    expect(await state(remove(first, first.memberId))).toBe("done");
    expect(await state(remove(second, second.memberId))).toBe("CR403");
    expect(await owners(organizationId)).toBe(1);
  });

  test("stays where two leave, or step down, at the same moment", async () => {
    for (const leave of [remove, (person: DatabasePerson, id: string) => update(person, id, "VIEWER")])
      for (let round = 0; round < 5; round++) {
        const { first, second, organizationId } = await twoOwners();
        const outcomes = await Promise.all([
          state(leave(first, first.memberId)),
          state(leave(second, second.memberId)),
        ]);
        expect(outcomes.sort()).toEqual(["CR403", "done"]);
        expect(await owners(organizationId)).toBe(1);
      }
  });

  test("stays where two throw each other out at the same moment: the second has no right to it any more", async () => {
    for (let round = 0; round < 5; round++) {
      const { first, second, organizationId } = await twoOwners();
      const outcomes = await Promise.all([
        state(remove(first, second.memberId)),
        state(update(second, first.memberId, "VIEWER")),
      ]);
      expect(outcomes).toContain("done");
      expect(outcomes.filter((one) => one === "CR403" || one === "CR404")).toHaveLength(1);
      expect(await owners(organizationId)).toBe(1);
    }
  });
});
