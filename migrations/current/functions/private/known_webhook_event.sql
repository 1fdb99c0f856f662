-- The event that an earlier delivery of this id and body made, null for a new one; CR409 where the id came with another
-- body. GitHub signs no id: there a body that came before is a replay under whatever id.
create or replace function cloakroom_private.known_webhook_event(
  endpoint cloakroom.webhook_endpoints, message_id_hash bytea, body_hash bytea
) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_delivery cloakroom.webhook_deliveries;
begin
  select * into v_delivery from cloakroom.webhook_deliveries d
  where d.endpoint_id = endpoint.id and d.message_id_hash = known_webhook_event.message_id_hash;
  if found and v_delivery.body_hash <> known_webhook_event.body_hash then
    raise exception 'This id came with another body before.' using errcode = 'CR409';
  elsif not found and endpoint.style = 'GITHUB' then
    select * into v_delivery from cloakroom.webhook_deliveries d
    where d.endpoint_id = endpoint.id and d.body_hash = known_webhook_event.body_hash;
  end if;
  return v_delivery.event_id;
end $$;
