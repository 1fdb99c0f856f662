-- The event that a body made before under another id, which from now on is this id's too; null where it is a new one.
-- GitHub signs neither id nor type of event: whoever saw one delivery can send it again under any. So a body makes one
-- event for each type, and of one body sixteen ids are kept: what comes under yet another makes nothing new.
create or replace function cloakroom_private.event_of_github_body(delivery cloakroom.webhook_deliveries) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_of_this_type uuid;
  v_of_any_type uuid;
  v_count integer;
begin
  select (min(d.event_id::text)
      filter (where d.event_type_hash is null or d.event_type_hash = delivery.event_type_hash))::uuid,
    min(d.event_id::text)::uuid, count(*) into v_of_this_type, v_of_any_type, v_count
  from cloakroom.webhook_deliveries d
  where d.endpoint_id = delivery.endpoint_id and d.body_hash = delivery.body_hash;
  if v_count >= 16 then
    return coalesce(v_of_this_type, v_of_any_type);
  elsif v_of_this_type is not null then
    delivery.event_id := v_of_this_type;
    insert into cloakroom.webhook_deliveries values (delivery.*);
  end if;
  return v_of_this_type;
end $$;
