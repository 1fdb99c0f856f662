-- A provider key of an organization in which the caller is at least ADMIN, locked; CR404 for a stranger, CR403 below.
create or replace function cloakroom_private.locked_provider_key(provider_key_id uuid) returns cloakroom.provider_keys
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key cloakroom.provider_keys;
begin
  perform cloakroom_private.require_caller();
  select * into v_key from cloakroom.provider_keys k where k.id = locked_provider_key.provider_key_id for update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.require_role(v_key.organization_id, 'ADMIN');
  return v_key;
end $$;
