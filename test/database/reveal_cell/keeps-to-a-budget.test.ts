import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent, RevealedCell } from "../../../src/database/contract.generated.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, memberOf, setLimits, signInTo } from "../../support/people.js";
import { addRows, makeTable, type TestTable } from "../../support/tables.js";

describe("a member's reveals of one minute", () => {
  let t: TestDatabase;
  let owner: DatabasePerson;
  let table: TestTable;
  let rowId: string;
  beforeAll(async () => {
    t = await createTestDatabase();
    await setLimits(t.database, { reveals_per_minute: 5 });
    owner = await signInTo(t.database);
    table = await makeTable(t.database, owner, [{ name: "s", type: "TEXT", sensitive: true }]);
    rowId = (await addRows(t.database, table, [{ s: "x" }], owner.caller))[0]?.id as string;
  });
  afterAll(() => t?.drop());
  const reveal = (person: DatabasePerson) =>
    call<RevealedCell>(t.database, "reveal_cell", { rowId, columnId: table.ids.s }, person.caller);

  it("end at the limit, however many ask at once; each refusal is on record and says how long to wait", async () => {
    const member = await memberOf(t.database, owner, "MEMBER");
    const answers = await Promise.all(Array.from({ length: 12 }, () => reveal(member)));
    expect(answers.filter(({ outcome, value }) => outcome === "revealed" && value === "x")).toHaveLength(5);
    const refused = answers.filter(({ outcome, value }) => outcome === "rate_limited" && value === null);
    expect(refused).toHaveLength(7);
    for (const { retryAfter } of refused) expect(retryAfter).toBeGreaterThan(0);
    for (const { retryAfter } of refused) expect(retryAfter).toBeLessThanOrEqual(60);
    const filter = { actorId: member.userId };
    const events = await call<AuditEvent[]>(
      t.database,
      "audit_events",
      { organizationId: owner.organizationId, filter },
      owner.caller,
    );
    expect(events.map(({ action }) => action).sort()).toEqual([
      ...Array(5).fill("CELL_REVEALED"),
      ...Array(7).fill("REVEAL_DENIED"),
    ]);
    expect(
      await call(t.database, "verify_audit_log", { organizationId: owner.organizationId }, owner.caller),
    ).toMatchObject({ valid: true });
  });

  it("are each member's own, and begin anew when the minute is over", async () => {
    const [one, two] = [await memberOf(t.database, owner, "MEMBER"), await memberOf(t.database, owner, "MEMBER")];
    for (let n = 0; n < 5; n++) expect((await reveal(one)).outcome).toBe("revealed");
    expect((await reveal(one)).outcome).toBe("rate_limited");
    expect((await reveal(two)).outcome).toBe("revealed");
    await t.admin.query(
      "update cloakroom.members set reveal_window_at = reveal_window_at - interval '61 seconds' where user_id = $1",
      [one.userId],
    );
    expect((await reveal(one)).outcome).toBe("revealed");
  });
});
