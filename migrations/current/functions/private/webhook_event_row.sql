-- An event as ADMINs see it, opened with its organization's key: its payload as JSON, or as the text that came. Without a
-- key nothing is opened, and the row says only that there is one.
create or replace function cloakroom_private.webhook_event_row(
  event cloakroom.webhook_events, data_key bytea, as_text boolean
) returns cloakroom_api.webhook_event
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_place text := 'webhook_event:' || event.id;
  v_row cloakroom_api.webhook_event;
begin
  v_row.id := event.id;
  v_row.endpoint_id := event.endpoint_id;
  v_row.received_at := event.received_at;
  v_row.sequence := event.sequence;
  if data_key is not null then
    v_row.message_id := cloakroom_private.unseal(event.message_id_sealed, data_key, v_place || ':message_id');
    v_row.event_type := cloakroom_private.unseal(event.event_type_sealed, data_key, v_place || ':event_type');
    v_row.raw_payload := cloakroom_private.unseal(event.payload_sealed, data_key, v_place || ':payload');
    if not as_text then
      v_row.payload := v_row.raw_payload::json;
      v_row.raw_payload := null;
    end if;
  end if;
  return v_row;
end $$;
