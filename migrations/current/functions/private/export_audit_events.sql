-- What a person did, by every log that says so, under the published actions. Of organizations that are no longer theirs only
-- the bare event is left to them: neither its details nor its address can be opened from outside.
create or replace function cloakroom_private.export_audit_events(user_id uuid) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select coalesce(json_agg(json_build_object(
      'id', a.id, 'organizationId', a.organization_id, 'sequence', a.sequence,
      'action', (a.shown).action,
      'targetType', a.target_type, 'targetId', a.target_id, 'reason', a.reason,
      'details', case when o.id is not null then (a.shown).details end,
      'ipAddress', cloakroom_private.unseal(
        case when o.id is not null then a.ip_sealed end, o.key, 'audit:' || a.id || ':ip'),
      'occurredAt', cloakroom_private.utc(a.occurred_at)
    ) order by a.occurred_at, a.id), '[]')
    from (
      select a.*, cloakroom_private.shown_event(a) as shown from cloakroom.audit_events a
      where a.actor_id = export_audit_events.user_id
      offset 0 -- or it would be called anew wherever it is named
    ) a
    left join (
      select r.id, cloakroom_private.data_key(r.data_key_id) as key from cloakroom.organizations r offset 0
    ) o on o.id = a.organization_id);
end $$;
