-- An organization's events, newest first: up to `first` + 1 before the one of sequence `after`, the last one only to say
-- that there are more. filter: {actions: [text], actorId, targetId, since, until}. ADMIN.
create or replace function cloakroom_api.audit_events(
  organization_id uuid, filter jsonb default '{}', first integer default 50, after integer default null
) returns setof cloakroom_api.audit_event
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_shape constant jsonb := jsonb
    '{"actions": "array", "actorId": "string", "targetId": "string", "since": "string", "until": "string"}';
  -- As text: an id that is none finds nothing.
  v_actor constant text := filter ->> 'actorId';
  v_target constant text := filter ->> 'targetId';
  v_actions jsonb;
  v_since timestamptz;
  v_until timestamptz;
begin
  perform cloakroom_private.require_role(audit_events.organization_id, 'ADMIN');
  perform cloakroom_private.require_page_size(audit_events.first);
  if filter is not null then
    perform cloakroom_private.require_shape(filter, v_shape, 'filter');
  end if;
  if jsonb_typeof(filter -> 'actions') = 'array' and jsonb_array_length(filter -> 'actions') > 1000 then
    perform cloakroom_private.refuse_input('filter.actions', 'At most 1,000 actions.');
  end if;
  if jsonb_typeof(filter -> 'actions') = 'array' then
    v_actions := (filter -> 'actions') || (
      select coalesce(jsonb_agg(a.key), '[]') from jsonb_each_text(cloakroom_private.actions_shown_as()) a
      where filter -> 'actions' ? a.value);
  end if;
  v_since := cloakroom_private.require_time(filter ->> 'since', 'filter.since');
  v_until := cloakroom_private.require_time(filter ->> 'until', 'filter.until');
  return query
    select v.*
    from (
      select a as event from cloakroom.audit_events a
      where a.organization_id = audit_events.organization_id
        and (audit_events.after is null or a.sequence < audit_events.after)
        and (v_actions is null or v_actions ? a.action)
        and (v_actor is null or a.actor_id::text = v_actor)
        and (v_target is null or a.target_id::text = v_target)
        and (v_since is null or a.occurred_at >= v_since)
        and (v_until is null or a.occurred_at < v_until)
      order by a.sequence desc limit audit_events.first + 1
    ) e, cloakroom_private.audit_event_row(e.event) v
    order by v.sequence desc;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
