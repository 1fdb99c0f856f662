-- The provider keys of an organization, masked, oldest first. ADMIN.
create or replace function cloakroom_api.provider_keys(organization_id uuid) returns setof cloakroom_api.provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  perform cloakroom_private.require_role(provider_keys.organization_id, 'ADMIN');
  return query
    select r.* from cloakroom.provider_keys k, cloakroom_private.provider_key_row(k) r
    where k.organization_id = provider_keys.organization_id
    order by k.created_at, k.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
