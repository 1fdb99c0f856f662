-- The key of all lookup hashes: one for the whole vault, made when it is first asked for. Whoever comes second while it
-- is being made waits, and then reads it.
create or replace function cloakroom_private.lookup_key() returns bytea
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid;
begin
  select s.id into v_id from vault.secrets s where s.name = 'cloakroom_lookup_key';
  if v_id is null then
    perform pg_advisory_xact_lock(hashtextextended('cloakroom_lookup_key', 0));
    select s.id into v_id from vault.secrets s where s.name = 'cloakroom_lookup_key';
  end if;
  if v_id is null then
    v_id := cloakroom_private.create_data_key('cloakroom_lookup_key');
  end if;
  return cloakroom_private.data_key(v_id);
end $$;
