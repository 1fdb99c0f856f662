import type { DataColumn, DataRow, DataTable, RowCount } from "../database/contract.generated.js";
import type { Caller, Database } from "../database/port.js";
import type { MaskStyle } from "./crypto/masks.js";
import { domainErrorOf } from "./errors.js";

export const columnTypes = [
  "TEXT",
  "LONG_TEXT",
  "NUMBER",
  "CURRENCY",
  "PERCENT",
  "BOOLEAN",
  "DATE",
  "DATETIME",
  "EMAIL",
  "PHONE",
  "URL",
  "SELECT",
  "MULTI_SELECT",
  "JSON",
] as const;
export type ColumnType = (typeof columnTypes)[number];

export interface ColumnRecord extends Omit<DataColumn, "type" | "mask" | "options"> {
  readonly type: ColumnType;
  readonly mask: MaskStyle | null;
  readonly options: string[] | null;
}
export interface RowRecord extends Omit<DataRow, "values"> {
  /** Column id to value or mask. */
  readonly values: Record<string, unknown>;
}

export interface NewColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly sensitive: boolean;
  readonly mask?: MaskStyle | null | undefined;
  readonly required: boolean;
  readonly options?: readonly string[] | null | undefined;
}
/** What is left out, or null, stays. */
export interface ColumnChanges {
  readonly name?: string | null | undefined;
  readonly sensitive?: boolean | null | undefined;
  readonly unseal?: boolean | null | undefined;
  readonly mask?: MaskStyle | null | undefined;
  readonly required?: boolean | null | undefined;
  readonly options?: readonly string[] | null | undefined;
  readonly position?: number | null | undefined;
}
export interface RowChanges {
  readonly id: string;
  /** Null clears, what is left out stays. */
  readonly values: object;
  readonly expectedVersion?: number | null | undefined;
}
/** `limit` counts one row more than the page has: it says whether there is another. */
export interface RowPage {
  readonly limit: number;
  readonly after: number | null;
}

/** Values of sensitive columns come back masked from everything here. */
export function createTables(database: Database) {
  return {
    tables: (caller: Caller, organizationId: string): Promise<DataTable[]> =>
      database.call("tables", { organizationId }, caller),
    table: (caller: Caller, id: string): Promise<DataTable> => database.call("table_by_id", { id }, caller),
    row: async (caller: Caller, id: string): Promise<RowRecord> =>
      (await database.call("row_by_id", { id }, caller)) as RowRecord,
    /** By position, table after table. */
    columns: async (caller: Caller, tableIds: readonly string[]): Promise<ColumnRecord[]> =>
      (await database.call("columns", { tableIds }, caller)) as ColumnRecord[],
    rowCounts: (caller: Caller, tableIds: readonly string[]): Promise<RowCount[]> =>
      database.call("row_counts", { tableIds }, caller),
    /** In order of creation, table after table, each from the row after sequence `after` on. */
    rows: async (caller: Caller, tableIds: readonly string[], { limit, after }: RowPage): Promise<RowRecord[]> =>
      (await database.call("rows", { tableIds, first: limit - 1, after }, caller)) as RowRecord[],

    createTable: (
      caller: Caller,
      input: { readonly organizationId: string; readonly name: string; readonly columns: readonly NewColumn[] },
    ): Promise<DataTable> => database.call("create_table", { ...input }, caller),
    renameTable: (caller: Caller, id: string, name: string): Promise<DataTable> =>
      database.call("rename_table", { id, name }, caller),
    deleteTable: (caller: Caller, id: string): Promise<boolean> => database.call("delete_table", { id }, caller),

    addColumn: async (caller: Caller, tableId: string, column: NewColumn): Promise<ColumnRecord> =>
      (await database.call("add_column", { tableId, definition: column }, caller)) as ColumnRecord,
    /**
     * Returns when every stored cell is as the column says. Where it breaks off before, the cells that are left stay
     * masked to readers; repeating the call, or the next start of a server, finishes them.
     */
    async updateColumn(caller: Caller, server: Caller, id: string, changes: ColumnChanges): Promise<ColumnRecord> {
      const column = await database.call("update_column", { id, changes }, caller);
      return (column.converting ? await convert(database, server, id) : column) as ColumnRecord;
    },
    deleteColumn: (caller: Caller, id: string): Promise<boolean> => database.call("delete_column", { id }, caller),

    addRows: async (caller: Caller, tableId: string, rows: readonly object[]): Promise<RowRecord[]> =>
      (await database.call("add_rows", { tableId, rows }, caller)) as RowRecord[],
    updateRow: async (caller: Caller, { id, values, expectedVersion = null }: RowChanges): Promise<RowRecord> =>
      (await database.call("update_row", { id, values, expectedVersion }, caller)) as RowRecord,
    deleteRows: (caller: Caller, ids: readonly string[]): Promise<number> =>
      database.call("delete_rows", { ids }, caller),

    /** Ends the conversions that a crash cut off. One that fails does not keep the others; its error is thrown last. */
    async finishConversions(server: Caller): Promise<void> {
      const failures: unknown[] = [];
      for (const id of await database.call("unfinished_conversions", {}, server)) {
        await convert(database, server, id).catch((error: unknown) => {
          // Deleted meanwhile: nothing is left to convert.
          if (domainErrorOf(error)?.code !== "NOT_FOUND") failures.push(error);
        });
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** A batch a call, so that no transaction is long and a crash loses one batch at most. */
async function convert(database: Database, server: Caller, columnId: string): Promise<DataColumn> {
  for (;;) {
    const column = await database.call("convert_column", { columnId }, server);
    if (!column.converting) return column;
  }
}
