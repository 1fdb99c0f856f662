-- The token for a use that a member was given leave for, and its one INTEGRATION_USED in the log. The server alone.
-- Without a token: `refresh_first` where it has ended, or is the one of `refused_version`, which the service refused;
-- `refused` where it did and no other can be had; `needs_reconnect`. A use that was opened opens again only for another
-- token than the one that was refused.
-- Whoever calls without the server's dispatcher could still undo that event when they have the token. To them the call that
-- opens a use answers `recorded`, with the event's id and no token; a second one, which names it as `recorded_event_id`, the
-- token.
create or replace function cloakroom_api.open_integration_use(
  use_id uuid, refused_version integer default null, recorded_event_id uuid default null
) returns cloakroom_api.opened_integration
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_use cloakroom.integration_uses;
  v_integration cloakroom.integrations;
  v_is_over boolean;
  v_answer cloakroom_api.opened_integration;
  v_event cloakroom.audit_events;
begin
  v_use := cloakroom_private.locked_integration_use(open_integration_use.use_id, 'use', 'MEMBER');
  select * into v_integration from cloakroom.integrations i where i.id = v_use.integration_id;
  if recorded_event_id is not null then
    -- Of this use, and no other.
    perform cloakroom_private.recorded_event(case when recorded_event_id = v_use.audit_event_id then recorded_event_id end,
      'INTEGRATION_USED', v_integration.id);
  -- Whoever opened it in this very transaction could undo that too.
  elsif v_use.opened_at is not null
    and (refused_version is null or v_use.opened_at >= now() and not cloakroom_private.is_dispatched()) then
    perform cloakroom_private.not_found();
  end if;
  -- Not before it is due: of a token that lived for a second the next would be no better. Nor once it is on record: it was
  -- good then.
  v_is_over := recorded_event_id is null and v_integration.expires_at <= clock_timestamp() + interval '2 seconds'
    and v_integration.refresh_at <= clock_timestamp();
  v_answer := row(null, v_integration.id, v_integration.service, null, v_integration.token_version,
    v_integration.refresh_secret_id is not null and coalesce(v_integration.refresh_at <= clock_timestamp(), false), null);
  v_answer.outcome := case
    when v_integration.status <> 'ACTIVE' then 'needs_reconnect'
    -- A service that refuses a token a minute after it gave it out means the request, not the token.
    when refused_version = v_integration.token_version and (v_integration.refresh_secret_id is null
      or v_integration.renewed_at > clock_timestamp() - interval '1 minute') then 'refused'
    when v_is_over and v_integration.refresh_secret_id is null then 'needs_reconnect'
    when v_is_over or refused_version = v_integration.token_version then 'refresh_first'
    else 'ready' end;
  if v_answer.outcome <> 'ready' then
    return v_answer;
  end if;
  v_answer.access_token := cloakroom_private.read_secret(v_integration.access_secret_id);
  if v_use.opened_at is null then
    update cloakroom.integrations i set last_used_at = clock_timestamp(),
      access_hash = coalesce(i.access_hash, cloakroom_private.lookup_hash('oauth_token', v_answer.access_token))
    where i.id = v_integration.id;
    v_event := cloakroom_private.append_integration_event(
      v_integration, 'INTEGRATION_USED', jsonb_build_object('method', v_use.method));
    update cloakroom.integration_uses u set opened_at = clock_timestamp(), audit_event_id = v_event.id where u.id = v_use.id;
    if not cloakroom_private.is_dispatched() then
      v_answer.outcome := 'recorded';
      v_answer.access_token := null;
      v_answer.recorded_event_id := v_event.id;
    end if;
  end if;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
