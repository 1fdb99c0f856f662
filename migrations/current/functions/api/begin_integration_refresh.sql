-- The refresh token, to the one replica that may use it in the next minute; the server alone. `known_version` is the token
-- that is no good, null the one that is due: `fresh` where another stands here by now. `wait` while another replica is at
-- it, `cooling` with seconds after a failure, `needs_reconnect` where there is nothing to refresh with. Each refresh token
-- that is handed out is on record.
-- Whoever calls without the server's dispatcher could still undo the event when they have the token. To them the call that
-- begins the lease answers `recorded`, with the event's id and no token; a second one, which names it as
-- `recorded_event_id` while the lease lasts, the token.
create or replace function cloakroom_api.begin_integration_refresh(
  integration_id uuid, known_version integer default null, recorded_event_id uuid default null
) returns cloakroom_api.integration_refresh
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_integration cloakroom.integrations;
  v_answer cloakroom_api.integration_refresh;
  v_event cloakroom.audit_events;
begin
  select * into v_integration from cloakroom.integrations i
  where i.id = begin_integration_refresh.integration_id for no key update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  v_answer.organization_id := v_integration.organization_id;
  v_answer.service := v_integration.service;
  v_answer.token_version := v_integration.token_version;
  if recorded_event_id is not null then
    perform cloakroom_private.recorded_event(recorded_event_id, 'INTEGRATION_REFRESHED', v_integration.id,
      '{"outcome": "begun"}', v_integration.lease_until - interval '1 minute');
    v_answer.outcome := 'refresh';
    v_answer.lease_id := v_integration.lease_id;
    v_answer.refresh_token := cloakroom_private.read_secret(v_integration.refresh_secret_id);
    return v_answer;
  end if;
  if v_integration.status = 'ACTIVE' and v_integration.refresh_secret_id is null
    and v_integration.expires_at <= clock_timestamp() then
    perform cloakroom_private.ask_to_reconnect(v_integration);
  end if;
  v_answer.outcome := case
    when v_integration.token_version > known_version then 'fresh'
    when v_integration.status <> 'ACTIVE' or v_integration.refresh_secret_id is null then 'needs_reconnect'
    -- It was on a list of what is due, and another replica has been at it since.
    when known_version is null and coalesce(v_integration.refresh_at > clock_timestamp(), true) then 'fresh'
    when v_integration.lease_until > clock_timestamp() then 'wait'
    when v_integration.retry_at > clock_timestamp() then 'cooling'
    else 'refresh' end;
  if v_answer.outcome = 'cooling' then
    v_answer.retry_after := ceil(extract(epoch from v_integration.retry_at - clock_timestamp()));
  elsif v_answer.outcome = 'refresh' then
    v_answer.lease_id := gen_random_uuid();
    v_answer.refresh_token := cloakroom_private.read_secret(v_integration.refresh_secret_id);
    update cloakroom.integrations i
    set lease_id = v_answer.lease_id, lease_until = clock_timestamp() + interval '1 minute',
      refresh_hash = coalesce(i.refresh_hash, cloakroom_private.lookup_hash('oauth_token', v_answer.refresh_token))
    where i.id = v_integration.id;
    v_event := cloakroom_private.append_integration_event(
      v_integration, 'INTEGRATION_REFRESHED', jsonb_build_object('outcome', 'begun'));
    if not cloakroom_private.is_dispatched() then
      v_answer.outcome := 'recorded';
      v_answer.refresh_token := null;
      v_answer.recorded_event_id := v_event.id;
    end if;
  end if;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
