import type pg from "pg";

/**
 * Whether a text stands anywhere in what the server has on disk of one table: its heap, its TOAST table and indexes
 * with dead rows and all, and the whole write-ahead log. For small canaries; long ones may be compressed.
 */
export async function isOnDisk(admin: pg.Pool, table: string, text: string): Promise<boolean> {
  await admin.query("checkpoint");
  const relations = `
    select c.oid from pg_class c where c.oid = to_regclass($1)
    union all select i.indexrelid from pg_index i where i.indrelid = to_regclass($1)
    union all select c.reltoastrelid from pg_class c where c.oid = to_regclass($1) and c.reltoastrelid <> 0`;
  const { rows } = await admin.query(
    `select bool_or(position(convert_to($2, 'UTF8') in pg_read_binary_file(f.path, 0, s.size, true)) > 0) as found
     from (
       select pg_relation_filepath(r.oid) as path from (${relations}) r
       union all select 'pg_wal/' || w.name from pg_ls_waldir() w
     ) f, pg_stat_file(f.path, true) s where s.size is not null`,
    [table, text],
  );
  return rows[0].found;
}
