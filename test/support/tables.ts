import type { Caller, Database } from "../../src/database/port.js";
import { call, type DatabasePerson, server } from "./people.js";

export interface StoredColumn {
  readonly id: string;
  readonly tableId: string;
  readonly name: string;
  readonly type: string;
  readonly sensitive: boolean;
  readonly mask: string | null;
  readonly required: boolean;
  readonly options: string[] | null;
  readonly position: number;
  readonly converting: boolean;
}
export interface StoredRow {
  readonly id: string;
  readonly tableId: string;
  readonly values: Record<string, unknown>;
  readonly version: number;
  readonly updatedAt: string;
  readonly sequence: number;
}
export interface TestTable {
  readonly id: string;
  /** Column ids by name. */
  readonly ids: Record<string, string>;
}

export const full = "••••••••";

/** A table of the given columns, each `{name, type, sensitive, mask, required, options}`. */
export async function makeTable(
  database: Database,
  { caller, organizationId }: Pick<DatabasePerson, "caller" | "organizationId">,
  columns: Record<string, unknown>[],
  name = `Table ${Math.random()}`,
): Promise<TestTable> {
  const { id } = await call<{ id: string }>(database, "create_table", { organizationId, name, columns }, caller);
  const stored = await columnsOf(database, id, caller);
  return { id, ids: Object.fromEntries(stored.map((column) => [column.name, column.id])) };
}

export const columnsOf = (database: Database, tableId: string, caller: Caller) =>
  call<StoredColumn[]>(database, "columns", { tableIds: [tableId] }, caller);

/** Adds rows given by column name. */
export function addRows(database: Database, table: TestTable, rows: Record<string, unknown>[], caller: Caller) {
  return call<StoredRow[]>(
    database,
    "add_rows",
    { tableId: table.id, rows: rows.map((row) => byId(table, row)) },
    caller,
  );
}

/** {column name: value} as {column id: value}; a name that is no column stays as it is. */
export const byId = (table: TestTable, row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [table.ids[name] ?? name, value]));

/** A page of rows, their values by column name. */
export async function readRows(database: Database, table: TestTable, caller: Caller, first = 500, after?: number) {
  const rows = await call<StoredRow[]>(database, "rows", { tableIds: [table.id], first, after: after ?? null }, caller);
  return rows.map((row) => byName(table, row.values));
}

export function byName(table: TestTable, values: Record<string, unknown>): Record<string, unknown> {
  const names = new Map(Object.entries(table.ids).map(([name, id]) => [id, name]));
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [names.get(id) ?? id, value]));
}

/** Converts a column to its end, as the service does; answers how many batches it took. */
export async function convertToEnd(database: Database, columnId: string): Promise<number> {
  for (let batches = 1; ; batches++) {
    const column = await call<StoredColumn>(database, "convert_column", { columnId }, server);
    if (!column.converting) return batches;
  }
}
