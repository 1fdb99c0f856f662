-- Writes the next event of an organization's chain and returns it. Call it last: from here on other appends of the
-- organization wait for this transaction. A caller that holds the organization's data key already passes it along.
create or replace function cloakroom_private.append_audit_event(
  organization_id uuid, action text, target_type text, target_id uuid,
  reason text default null, details jsonb default '{}', data_key bytea default null
) returns cloakroom.audit_events
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_address text := cloakroom_private.client_address();
  v_event cloakroom.audit_events;
begin
  v_event.id := gen_random_uuid();
  v_event.organization_id := append_audit_event.organization_id;
  v_event.action := action;
  v_event.actor_id := cloakroom_private.caller_id();
  v_event.target_type := target_type;
  v_event.target_id := target_id;
  v_event.reason := reason;
  v_event.details := details;
  if v_address is not null then
    v_event.ip_sealed := cloakroom_private.seal(v_address,
      coalesce(data_key, cloakroom_private.organization_key(v_event.organization_id)), 'audit:' || v_event.id || ':ip');
  end if;
  select h.sequence + 1, h.hash into v_event.sequence, v_event.previous_hash
  from cloakroom_private.locked_audit_head(v_event.organization_id) h;
  v_event.occurred_at := clock_timestamp();
  v_event.hash := cloakroom_private.audit_hash(v_event);
  insert into cloakroom.audit_events values (v_event.*);
  update cloakroom.audit_heads h set sequence = v_event.sequence, hash = v_event.hash
  where h.organization_id = v_event.organization_id;
  return v_event;
end $$;
