-- The table, where the caller's role in its organization is at least `minimum`. CR401 without a live session, CR404 for
-- a stranger, CR403 below.
create or replace function cloakroom_private.require_table(table_id uuid, minimum text) returns cloakroom.tables
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- First: an invitation that is bound here lets the caller see the table.
  perform cloakroom_private.require_caller();
  return cloakroom_private.reachable_table(table_id, minimum);
end $$;
