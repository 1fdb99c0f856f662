-- What endpoints received in the last 30 days, newest first: of each up to `first` + 1 before the event of sequence
-- `after`, the last one only to say that there are more. ADMIN; other endpoints' events are not there. Payloads are opened.
create or replace function cloakroom_api.webhook_events(
  webhook_endpoint_ids uuid[], first integer default 50, after bigint default null
) returns setof cloakroom_api.webhook_event
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_before constant bigint := coalesce(webhook_events.after, 9223372036854775807);
  v_ids uuid[];
  v_endpoint record;
  v_events uuid[];
  v_size bigint := 0;
  v_key bytea;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.require_page_size(webhook_events.first);
  v_ids := cloakroom_private.require_ids(webhook_events.webhook_endpoint_ids, 'webhookEndpointIds');
  for v_endpoint in
    select e.id, e.organization_id from cloakroom.webhook_endpoints e
    where e.id = any (v_ids)
      and cloakroom_private.is_at_least(cloakroom_private.caller_role(e.organization_id), 'ADMIN')
  loop
    select array_agg(p.id), v_size + coalesce(sum(p.size), 0) into v_events, v_size
    from (select e.id, octet_length(e.payload_sealed) as size from cloakroom.webhook_events e
      where e.endpoint_id = v_endpoint.id and e.sequence < v_before and e.received_at >= now() - interval '30 days'
      order by e.sequence desc limit webhook_events.first + 1) p;
    -- Before the work: what is more than an answer may hold is not opened. A token is a third longer than its text.
    if v_size > 89478485 then
      raise program_limit_exceeded;
    end if;
    v_key := cloakroom_private.organization_key(v_endpoint.organization_id);
    return query
      select e.id, e.endpoint_id,
        cloakroom_private.unseal(e.message_id_sealed, v_key, 'webhook_event:' || e.id || ':message_id'),
        cloakroom_private.unseal(e.payload_sealed, v_key, 'webhook_event:' || e.id || ':payload')::json,
        e.received_at, e.sequence
      from cloakroom.webhook_events e where e.id = any (v_events)
      order by e.sequence desc;
  end loop;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
