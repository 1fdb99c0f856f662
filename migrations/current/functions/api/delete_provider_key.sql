-- Removes a provider key and its vault secret in one transaction. ADMIN; OWNER while it is in quarantine, which ends for
-- whoever hands the same key in again. Audited.
create or replace function cloakroom_api.delete_provider_key(provider_key_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
begin
  v_key := cloakroom_private.locked_provider_key(delete_provider_key.provider_key_id);
  if v_key.quarantined_at is not null then
    perform cloakroom_private.require_role(v_key.organization_id, 'OWNER');
  end if;
  delete from cloakroom.provider_keys k where k.id = v_key.id;
  perform cloakroom_private.delete_secret(v_key.secret_id);
  perform cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_DELETED');
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
