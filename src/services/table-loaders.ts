import DataLoader from "dataloader";
import type { Caller } from "../database/port.js";
import type { ColumnRecord, createTables, RowPage, RowRecord } from "./tables.js";

type Tables = Pick<ReturnType<typeof createTables>, "columns" | "rowCounts" | "rows">;

/** What one call takes: more parents are asked for in several. */
export const mostIds = 1_000;

export interface RowsKey extends RowPage {
  readonly tableId: string;
}

/** The child lists of tables. Only columns are kept for the request: a page of rows asks for them once a cell list. */
export function createTableLoaders(tables: Tables, caller: Caller) {
  return {
    columns: new DataLoader<string, ColumnRecord[]>(
      async (tableIds) => listsOf(tableIds, await tables.columns(caller, tableIds)),
      { maxBatchSize: mostIds },
    ),
    rowCount: new DataLoader<string, number>(
      async (tableIds) => {
        const counts = new Map((await tables.rowCounts(caller, tableIds)).map((c) => [c.tableId, c.rowCount]));
        return tableIds.map((id) => counts.get(id) ?? 0);
      },
      { cache: false, maxBatchSize: mostIds },
    ),
    rows: new DataLoader<RowsKey, RowRecord[]>((keys) => pagesOf(tables, caller, keys), {
      cache: false,
      maxBatchSize: mostIds,
    }),
  };
}

/** One call for all tables that ask for the same page. */
async function pagesOf(tables: Tables, caller: Caller, keys: readonly RowsKey[]): Promise<RowRecord[][]> {
  const pages = new Map<string, Promise<Map<string, RowRecord[]>>>();
  const lists = keys.map(async ({ tableId, limit, after }) => {
    const name = `${limit} ${after}`;
    const alike = () => keys.filter((key) => key.limit === limit && key.after === after).map((key) => key.tableId);
    const page = pages.get(name) ?? tables.rows(caller, [...new Set(alike())], { limit, after }).then(byTable);
    pages.set(name, page);
    return (await page).get(tableId) ?? [];
  });
  return Promise.all(lists);
}

const listsOf = <Child extends { readonly tableId: string }>(
  tableIds: readonly string[],
  children: readonly Child[],
) => {
  const lists = byTable(children);
  return tableIds.map((id) => lists.get(id) ?? []);
};

function byTable<Child extends { readonly tableId: string }>(children: readonly Child[]): Map<string, Child[]> {
  const lists = new Map<string, Child[]>();
  for (const child of children) {
    const list = lists.get(child.tableId);
    if (list) list.push(child);
    else lists.set(child.tableId, [child]);
  }
  return lists;
}
