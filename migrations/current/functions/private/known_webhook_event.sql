-- The event that an earlier delivery of this id and body made, null for a new one; CR409 where the id came with another
-- body, or with GitHub's under another type of event.
create or replace function cloakroom_private.known_webhook_event(style text, delivery cloakroom.webhook_deliveries)
returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_known cloakroom.webhook_deliveries;
begin
  select * into v_known from cloakroom.webhook_deliveries d
  where d.endpoint_id = delivery.endpoint_id and d.message_id_hash = delivery.message_id_hash;
  if not found then
    return case when style = 'GITHUB' then cloakroom_private.event_of_github_body(delivery) end;
  elsif v_known.body_hash <> delivery.body_hash or v_known.event_type_hash <> delivery.event_type_hash then
    raise exception 'This id came with another body before.' using errcode = 'CR409';
  end if;
  return v_known.event_id;
end $$;
