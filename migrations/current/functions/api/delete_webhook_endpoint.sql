-- Removes an endpoint with its secrets in the vault and all that it received, in one transaction. ADMIN. Audited.
create or replace function cloakroom_api.delete_webhook_endpoint(webhook_endpoint_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_endpoint cloakroom.webhook_endpoints;
begin
  v_endpoint := cloakroom_private.locked_webhook_endpoint(delete_webhook_endpoint.webhook_endpoint_id);
  delete from cloakroom.webhook_endpoints e where e.id = v_endpoint.id;
  perform cloakroom_private.delete_secret(v_endpoint.secret_id);
  perform cloakroom_private.delete_secret(v_endpoint.previous_secret_id);
  perform cloakroom_private.append_webhook_endpoint_event(v_endpoint, 'WEBHOOK_ENDPOINT_DELETED');
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
