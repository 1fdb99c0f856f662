-- Keeps what the trigger on rows needs for the statements that follow, instead of finding columns and key anew for each
-- row. Call it under rows_lock, and end_sealing() after: the key stays in a transaction-local setting until then.
create or replace function cloakroom_private.begin_sealing(table_id uuid, organization_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform set_config('cloakroom.sealing', cloakroom_private.sealing_of(table_id, organization_id)::text, true);
end $$;
