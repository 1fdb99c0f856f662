-- Keeps what the trigger on rows needs for the statements that follow, instead of finding columns and key anew for each
-- row: the table's id (36 characters); then, where it has columns to seal, the data key in hex (64) and these. Call it
-- under rows_lock, and end_sealing() after: the key stays in a transaction-local setting until then.
create or replace function cloakroom_private.begin_sealing(table_id uuid, organization_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_columns text[] := cloakroom_private.columns_to_seal(table_id);
begin
  perform set_config('cloakroom.sealing', table_id || case when v_columns = '{}' then '' else
    encode(cloakroom_private.organization_key(organization_id), 'hex') || v_columns::text end, true);
end $$;
