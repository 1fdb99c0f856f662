import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("deleteRows", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const made = async (count: number) =>
    (await stage.add(Array.from({ length: count }, () => ({ name: "x" })))).map(({ id }) => id);

  test("answers how many rows are gone, and records their ids in one event", async () => {
    const ids = await made(3);
    expect((await stage.ask("deleteRows", { ids: [...ids, ids[0]] }, stage.member)).value).toBe(3);
    expect((await stage.ask("row", { id: ids[0] })).code).toBe("NOT_FOUND");
    const [event] = await stage.log();
    expect(event).toMatchObject({ action: "ROWS_DELETED", targetType: "table", targetId: stage.tableId });
    expect(event).toMatchObject({ actorId: stage.member.userId, details: { count: 3, rowIds: [...ids].sort() } });
  });

  test("deletes nothing where one row is unknown, a stranger's, or of another table", async () => {
    const ids = await made(2);
    const { organizationId } = stage.owner;
    const other = (await stage.ask("createTable", { input: { organizationId, name: "Other" } })).value.id;
    const [otherRow] = (await stage.ask("addRows", { input: { tableId: other, rows: [{}] } })).value;
    const theirs = { organizationId: stage.stranger.organizationId, name: "Theirs" };
    const their = (await stage.ask("createTable", { input: theirs }, stage.stranger)).value.id;
    const [theirRow] = (await stage.ask("addRows", { input: { tableId: their, rows: [{}] } }, stage.stranger)).value;
    expect((await stage.ask("deleteRows", { ids: [...ids, theirRow?.id] })).code).toBe("NOT_FOUND");
    const mixed = await stage.ask("deleteRows", { ids: [...ids, otherRow?.id] });
    expect([mixed.code, mixed.field]).toEqual(["BAD_USER_INPUT", "ids"]);
    for (const code of await stage.codesOfUnknown("deleteRows", (id) => ({ ids: [...ids, id] })))
      expect(code).toBe("NOT_FOUND");
    for (const id of ids) expect((await stage.ask("row", { id })).code).toBeNull();
  });

  test("is for MEMBERs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    expect(await stage.codes("deleteRows", async () => ({ ids: await made(1) }))).toEqual(answeredFrom("MEMBER"));
  });
});
