import DataLoader from "dataloader";
import type { Caller } from "../database/port.js";
import { createPageLoader, groupsOf, mostIds } from "./page-loader.js";
import type { ColumnRecord, createTables, RowPage, RowRecord } from "./tables.js";

type Tables = Pick<ReturnType<typeof createTables>, "columns" | "rowCounts" | "rows">;

/** The child lists of tables. Only columns are kept for the request: a page of rows asks for them once a cell list. */
export function createTableLoaders(tables: Tables, caller: Caller) {
  return {
    columns: new DataLoader<string, ColumnRecord[]>(
      async (tableIds) => {
        const lists = groupsOf(await tables.columns(caller, tableIds), ({ tableId }) => tableId);
        return tableIds.map((id) => lists.get(id) ?? []);
      },
      { maxBatchSize: mostIds },
    ),
    rowCount: new DataLoader<string, number>(
      async (tableIds) => {
        const counts = new Map((await tables.rowCounts(caller, tableIds)).map((c) => [c.tableId, c.rowCount]));
        return tableIds.map((id) => counts.get(id) ?? 0);
      },
      { cache: false, maxBatchSize: mostIds },
    ),
    rows: createPageLoader<"tableId", RowPage, RowRecord>("tableId", (ids, page) => tables.rows(caller, ids, page)),
  };
}
