-- Stores what a verified delivery brought, once: `received`, or `repeated` with the event that was there; `refused` where
-- by now the endpoint is deleted, or none of the secrets that signed it holds any more. same: what makes two bodies one.
-- Deliveries to an endpoint take turns by its row, and so do rotations: what waited for one is judged by what came of it.
create or replace function cloakroom_private.store_webhook_event(
  endpoint_id uuid, signers uuid[], message_id text, event_type text, payload text, same bytea
) returns cloakroom_api.webhook_receipt
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_known cloakroom.webhook_deliveries;
  v_endpoint cloakroom.webhook_endpoints;
  v_id uuid;
  v_key bytea;
  v_now timestamptz;
begin
  select * into v_endpoint from cloakroom.webhook_endpoints e where e.id = store_webhook_event.endpoint_id for update;
  if not found or not signers && cloakroom_private.webhook_secrets_now(v_endpoint) then
    return row('refused', null)::cloakroom_api.webhook_receipt;
  end if;
  v_known := cloakroom_private.webhook_delivery(v_endpoint, message_id, event_type, same);
  v_id := cloakroom_private.known_webhook_event(v_endpoint.style, v_known);
  if v_id is not null then
    return row('repeated', v_id)::cloakroom_api.webhook_receipt;
  end if;
  v_id := v_known.event_id;
  v_now := clock_timestamp();
  v_key := cloakroom_private.organization_key(v_endpoint.organization_id);
  update cloakroom.webhook_endpoints e set last_sequence = e.last_sequence + 1, last_delivery_at = v_now,
    bytes_so_far = e.bytes_so_far + octet_length(payload)
  where e.id = v_endpoint.id returning * into v_endpoint;
  insert into cloakroom.webhook_events (id, organization_id, endpoint_id, sequence, bytes_so_far,
    message_id_sealed, event_type_sealed, payload_sealed, received_at)
  values (v_id, v_endpoint.organization_id, v_endpoint.id, v_endpoint.last_sequence, v_endpoint.bytes_so_far,
    cloakroom_private.seal(message_id, v_key, 'webhook_event:' || v_id || ':message_id'),
    cloakroom_private.seal(event_type, v_key, 'webhook_event:' || v_id || ':event_type'),
    cloakroom_private.seal(payload, v_key, 'webhook_event:' || v_id || ':payload'), v_now);
  insert into cloakroom.webhook_deliveries values (v_known.*);
  perform cloakroom_private.purge_webhook_events(v_endpoint);
  return row('received', v_id)::cloakroom_api.webhook_receipt;
end $$;
