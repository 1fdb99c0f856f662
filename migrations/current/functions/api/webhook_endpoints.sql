-- The webhook endpoints of an organization, oldest first. ADMIN.
create or replace function cloakroom_api.webhook_endpoints(organization_id uuid)
returns setof cloakroom_api.webhook_endpoint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  perform cloakroom_private.require_role(webhook_endpoints.organization_id, 'ADMIN');
  return query
    select r.* from cloakroom.webhook_endpoints e, cloakroom_private.webhook_endpoint_row(e) r
    where e.organization_id = webhook_endpoints.organization_id
    order by e.created_at, e.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
