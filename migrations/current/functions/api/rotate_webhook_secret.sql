-- Gives an endpoint another secret, made where none is given; this answer alone holds it. The one before signs on for
-- `overlap_seconds`, up to 30 days; one that still did from an earlier rotation ends at once. ADMIN. Audited.
create or replace function cloakroom_api.rotate_webhook_secret(
  webhook_endpoint_id uuid, secret text default null, overlap_seconds integer default 86400
) returns cloakroom_api.new_webhook_endpoint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_endpoint cloakroom.webhook_endpoints;
  v_secret text;
begin
  v_endpoint := cloakroom_private.locked_webhook_endpoint(rotate_webhook_secret.webhook_endpoint_id);
  if overlap_seconds is null or overlap_seconds not between 0 and 2592000 then
    perform cloakroom_private.refuse_input('input.overlapSeconds', 'This must be from 0 to 2592000, which is 30 days.');
  end if;
  v_secret := cloakroom_private.require_webhook_secret(rotate_webhook_secret.secret, v_endpoint.style);
  -- By what it signs with: a key of Standard Webhooks may be written with and without padding.
  if cloakroom_private.webhook_key(v_secret, v_endpoint.style)
    = cloakroom_private.webhook_key(cloakroom_private.read_secret(v_endpoint.secret_id), v_endpoint.style) then
    perform cloakroom_private.refuse_input('input.secret', 'This is the endpoint''s secret already.');
  end if;
  perform cloakroom_private.delete_secret(v_endpoint.previous_secret_id);
  if overlap_seconds > 0 then
    v_endpoint.previous_secret_id := v_endpoint.secret_id;
    v_endpoint.previous_secret_until := clock_timestamp() + make_interval(secs => overlap_seconds);
  else
    perform cloakroom_private.delete_secret(v_endpoint.secret_id);
    v_endpoint.previous_secret_id := null;
    v_endpoint.previous_secret_until := null;
  end if;
  v_endpoint.secret_id := cloakroom_private.store_secret(v_secret, 'webhook_endpoint:' || gen_random_uuid());
  update cloakroom.webhook_endpoints e set secret_id = v_endpoint.secret_id,
    previous_secret_id = v_endpoint.previous_secret_id, previous_secret_until = v_endpoint.previous_secret_until
  where e.id = v_endpoint.id;
  perform cloakroom_private.append_webhook_endpoint_event(
    v_endpoint, 'WEBHOOK_ENDPOINT_ROTATED', jsonb_build_object('overlapSeconds', overlap_seconds));
  return row(cloakroom_private.webhook_endpoint_row(v_endpoint), v_secret)::cloakroom_api.new_webhook_endpoint;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
