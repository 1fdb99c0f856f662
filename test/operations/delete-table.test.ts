import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("deleteTable", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const made = async () => {
    const input = { organizationId: stage.owner.organizationId, name: `T ${Math.random()}`, columns: [] };
    return (await stage.ask("createTable", { input })).value.id;
  };

  test("deletes the table with its rows, and records it", async () => {
    const { value } = await stage.ask("deleteTable", { id: stage.tableId });
    expect(value).toBe(true);
    expect((await stage.ask("table", { id: stage.tableId })).code).toBe("NOT_FOUND");
    expect((await stage.ask("row", { id: stage.rowIds[0] })).code).toBe("NOT_FOUND");
    const { rowCount } = await stage.server.admin.query("select from cloakroom.rows");
    expect(rowCount).toBe(0);
    const [event] = await stage.log();
    expect(event).toMatchObject({ action: "TABLE_DELETED", targetId: stage.tableId, details: { name: "Patients" } });
    expect((await stage.ask("deleteTable", { id: stage.tableId })).code).toBe("NOT_FOUND");
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    expect(await stage.codes("deleteTable", async () => ({ id: await made() }))).toEqual(answeredFrom("ADMIN"));
    for (const code of await stage.codesOfUnknown("deleteTable", (id) => ({ id }))) expect(code).toBe("NOT_FOUND");
  });
});
