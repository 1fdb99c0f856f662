import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("renameTable", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  test("answers the table under its new name", async () => {
    const { value } = await stage.ask("renameTable", { id: stage.tableId, name: " Clients " });
    expect(value).toMatchObject({ id: stage.tableId, name: "Clients", rowCount: 2 });
    expect((await stage.ask("table", { id: stage.tableId })).value.name).toBe("Clients");
  });

  test("refuses a name that is empty, too long or taken", async () => {
    await stage.ask("createTable", { input: { organizationId: stage.owner.organizationId, name: "Taken" } });
    for (const name of ["", "x".repeat(201)]) {
      const { code, field } = await stage.ask("renameTable", { id: stage.tableId, name });
      expect([code, field]).toEqual(["BAD_USER_INPUT", "name"]);
    }
    expect((await stage.ask("renameTable", { id: stage.tableId, name: "taken" })).code).toBe("CONFLICT");
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    expect(await stage.codes("renameTable", () => ({ id: stage.tableId, name: "Any" }))).toEqual(answeredFrom("ADMIN"));
    for (const code of await stage.codesOfUnknown("renameTable", (id) => ({ id, name: "x" })))
      expect(code).toBe("NOT_FOUND");
  });
});
