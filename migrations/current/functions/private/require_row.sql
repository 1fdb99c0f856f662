-- The table of a row, where the caller's role in its organization is at least `minimum`. CR401 without a live session,
-- CR404 for a stranger, CR403 below.
create or replace function cloakroom_private.require_row(row_id uuid, minimum text) returns cloakroom.tables
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_table uuid;
begin
  perform cloakroom_private.require_caller();
  select r.table_id into v_table from cloakroom.rows r where r.id = require_row.row_id;
  return cloakroom_private.reachable_table(v_table, minimum);
end $$;
