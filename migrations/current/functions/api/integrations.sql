-- The integrations of an organization, their tokens masked, oldest first. ADMIN.
create or replace function cloakroom_api.integrations(organization_id uuid) returns setof cloakroom_api.integration
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  perform cloakroom_private.require_role(integrations.organization_id, 'ADMIN');
  return query
    select r.* from cloakroom.integrations i, cloakroom_private.integration_row(i) r
    where i.organization_id = integrations.organization_id
    order by i.created_at, i.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
