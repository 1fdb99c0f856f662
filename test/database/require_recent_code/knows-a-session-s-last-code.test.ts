import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RevealedCell } from "../../../src/database/contract.generated.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, refusal, setLimits, signInTo } from "../../support/people.js";
import { addRows, makeTable, type TestTable } from "../../support/tables.js";

describe("a reveal that needs a recent code", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  let table: TestTable;
  let rowId: string;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database, { reveal_max_auth_age_seconds: 60, reveals_per_minute: 2 });
    owner = await signInTo(testing.database);
    table = await makeTable(testing.database, owner, [{ name: "s", type: "TEXT", sensitive: true }]);
    rowId = (await addRows(testing.database, table, [{ s: "x" }], owner.caller))[0]?.id as string;
  });
  afterAll(() => testing?.drop());

  const reveal = () =>
    call<RevealedCell>(testing.database, "reveal_cell", { rowId, columnId: table.ids.s }, owner.caller);
  const setCode = (at: string) =>
    testing.admin.query(`update cloakroom.sessions set authenticated_at = ${at} where id = $1`, [owner.sessionId]);

  test("takes a code to the second, and refuses a session that never had one", async () => {
    for (const at of ["now() - interval '60 seconds'", "null", "'-infinity'"]) {
      await setCode(at);
      expect(await refusal(reveal())).toEqual({ sqlState: "CR403", detail: "REAUTHENTICATE" });
    }
    await setCode("now() - interval '50 seconds'");
    expect((await reveal()).outcome).toBe("revealed");
  });

  test("costs nothing of the minute's reveals where it is refused", async () => {
    await setCode("null");
    for (let n = 0; n < 5; n++) expect((await refusal(reveal())).detail).toBe("REAUTHENTICATE");
    await setCode("now()");
    expect((await reveal()).outcome).toBe("revealed");
    expect((await reveal()).outcome).toBe("rate_limited");
  });
});
