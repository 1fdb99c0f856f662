-- SHA-256, hex, over an event and the hash before it. What is hashed is one JSON array, so that no two events share it.
create or replace function cloakroom_private.audit_hash(event cloakroom.audit_events) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return encode(sha256(convert_to(jsonb_build_array(
    event.previous_hash, event.organization_id, event.sequence, event.id, event.action, event.actor_id,
    event.target_type, event.target_id, event.reason, event.details, event.ip_sealed,
    extract(epoch from event.occurred_at))::text, 'UTF8')), 'hex');
end $$;
