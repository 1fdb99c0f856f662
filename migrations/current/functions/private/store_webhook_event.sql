-- Stores what a verified delivery brought, once, and answers its event; null where the endpoint was deleted meanwhile.
-- same: what makes two bodies one. Deliveries to an endpoint take turns by its row.
create or replace function cloakroom_private.store_webhook_event(
  endpoint_id uuid, message_id text, payload text, same bytea
) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id_hash bytea := cloakroom_private.lookup_hash('webhook_id', endpoint_id || ':' || message_id);
  v_body_hash bytea := cloakroom_private.lookup_hash('webhook_body',
    endpoint_id || ':' || encode(extensions.digest(same, 'sha256'), 'hex'));
  v_endpoint cloakroom.webhook_endpoints;
  v_id uuid;
  v_key bytea;
  v_now timestamptz;
begin
  select * into v_endpoint from cloakroom.webhook_endpoints e where e.id = store_webhook_event.endpoint_id for update;
  if not found then
    return null;
  end if;
  v_id := cloakroom_private.known_webhook_event(v_endpoint, v_id_hash, v_body_hash);
  if v_id is not null then
    return v_id;
  end if;
  v_id := gen_random_uuid();
  v_now := clock_timestamp();
  v_key := cloakroom_private.organization_key(v_endpoint.organization_id);
  insert into cloakroom.webhook_events
    (id, organization_id, endpoint_id, sequence, message_id_sealed, payload_sealed, received_at)
  values (v_id, v_endpoint.organization_id, v_endpoint.id, v_endpoint.last_sequence + 1,
    cloakroom_private.seal(message_id, v_key, 'webhook_event:' || v_id || ':message_id'),
    cloakroom_private.seal(payload, v_key, 'webhook_event:' || v_id || ':payload'), v_now);
  insert into cloakroom.webhook_deliveries (endpoint_id, message_id_hash, body_hash, event_id, forget_at)
  values (v_endpoint.id, v_id_hash, v_body_hash, v_id,
    case when v_endpoint.style <> 'GITHUB' then v_now + interval '30 days' end);
  update cloakroom.webhook_endpoints e set last_sequence = e.last_sequence + 1, last_delivery_at = v_now
  where e.id = v_endpoint.id;
  perform cloakroom_private.purge_webhook_events(v_endpoint);
  return v_id;
end $$;
