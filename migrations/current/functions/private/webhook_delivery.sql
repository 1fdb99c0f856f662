-- The row by which a delivery will be known: keyed hashes of its id and body, for the sender's ids and bodies can be
-- guessed, and the id of the event that it makes unless it is known already. GitHub signs no time, so that nothing but
-- this row keeps an old delivery of theirs out.
create or replace function cloakroom_private.webhook_delivery(
  endpoint cloakroom.webhook_endpoints, message_id text, event_type text, same bytea
) returns cloakroom.webhook_deliveries
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_delivery cloakroom.webhook_deliveries;
begin
  v_delivery.endpoint_id := endpoint.id;
  v_delivery.message_id_hash := cloakroom_private.lookup_hash('webhook_id', endpoint.id || ':' || message_id);
  v_delivery.body_hash := cloakroom_private.lookup_hash('webhook_body',
    endpoint.id || ':' || encode(extensions.digest(same, 'sha256'), 'hex'));
  v_delivery.event_id := gen_random_uuid();
  if endpoint.style = 'GITHUB' then
    v_delivery.event_type_hash := cloakroom_private.lookup_hash('webhook_event_type',
      endpoint.id || ':' || coalesce(event_type, ''));
  else
    v_delivery.forget_at := clock_timestamp() + interval '30 days';
  end if;
  return v_delivery;
end $$;
