-- What endpoints received in the last 30 days, newest first: of each up to `first` before the event of sequence `after`,
-- opened, and one more, unopened, where there are more. ADMIN; other endpoints' events are not there.
-- as_text: payloads as they came, to the character, in raw_payload and not in payload.
create or replace function cloakroom_api.webhook_events(
  webhook_endpoint_ids uuid[], first integer default 50, after bigint default null, as_text boolean default false
) returns setof cloakroom_api.webhook_event
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
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
    v_events := array(select e.id from cloakroom.webhook_events e
      where e.endpoint_id = v_endpoint.id and e.sequence < coalesce(webhook_events.after, 9223372036854775807)
        and e.received_at >= now() - interval '30 days'
      order by e.sequence desc limit webhook_events.first + 1);
    select v_size + coalesce(sum(octet_length(e.payload_sealed)), 0) into v_size
    from cloakroom.webhook_events e where e.id = any (v_events[:webhook_events.first]);
    -- Before the work: what is more than an answer may hold is not opened. A token is a third longer than its text.
    if v_size > 89478485 then
      raise program_limit_exceeded;
    end if;
    v_key := cloakroom_private.organization_key(v_endpoint.organization_id);
    return query
      select r.* from unnest(v_events) with ordinality p(id, place) join cloakroom.webhook_events e on e.id = p.id,
        cloakroom_private.webhook_event_row(e, case when p.place <= webhook_events.first then v_key end, as_text) r
      order by p.place;
  end loop;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
