-- Makes an endpoint for signed deliveries, and its secret where none is given; this answer alone holds it. ADMIN. Audited.
-- style: STANDARD (Standard Webhooks), GITHUB or STRIPE. An organization has at most 100.
create or replace function cloakroom_api.add_webhook_endpoint(
  organization_id uuid, name text, secret text default null, style text default 'STANDARD'
) returns cloakroom_api.new_webhook_endpoint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_endpoint cloakroom.webhook_endpoints;
  v_secret text;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.lock_organization(add_webhook_endpoint.organization_id);
  perform cloakroom_private.require_role(add_webhook_endpoint.organization_id, 'ADMIN');
  if add_webhook_endpoint.style is null or add_webhook_endpoint.style not in ('STANDARD', 'GITHUB', 'STRIPE') then
    perform cloakroom_private.refuse_input('input.style', 'This must be STANDARD, GITHUB or STRIPE.');
  end if;
  if (select count(*) from cloakroom.webhook_endpoints e
    where e.organization_id = add_webhook_endpoint.organization_id) >= 100 then
    perform cloakroom_private.refuse_input('input.organizationId', 'An organization has at most 100 webhook endpoints.');
  end if;
  v_secret := cloakroom_private.require_webhook_secret(add_webhook_endpoint.secret, add_webhook_endpoint.style);
  v_endpoint.id := gen_random_uuid();
  v_endpoint.organization_id := add_webhook_endpoint.organization_id;
  v_endpoint.name := cloakroom_private.require_text(add_webhook_endpoint.name, 200, 'input.name');
  v_endpoint.style := add_webhook_endpoint.style;
  v_endpoint.secret_id := cloakroom_private.store_secret(v_secret, 'webhook_endpoint:' || gen_random_uuid());
  v_endpoint.created_at := clock_timestamp();
  v_endpoint.last_sequence := 0;
  v_endpoint.bytes_so_far := 0;
  insert into cloakroom.webhook_endpoints values (v_endpoint.*);
  perform cloakroom_private.append_webhook_endpoint_event(v_endpoint, 'WEBHOOK_ENDPOINT_ADDED');
  return row(cloakroom_private.webhook_endpoint_row(v_endpoint), v_secret)::cloakroom_api.new_webhook_endpoint;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
