-- One webhook endpoint. ADMIN.
create or replace function cloakroom_api.webhook_endpoint_by_id(id uuid) returns cloakroom_api.webhook_endpoint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_endpoint cloakroom.webhook_endpoints;
begin
  perform cloakroom_private.require_caller();
  select * into v_endpoint from cloakroom.webhook_endpoints e where e.id = webhook_endpoint_by_id.id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.require_role(v_endpoint.organization_id, 'ADMIN');
  return cloakroom_private.webhook_endpoint_row(v_endpoint);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
