-- The access token of an integration, for the server alone and on record each time. CR404 for none, CR409 where its user
-- has to connect again, CR503 where it has ended and the server has yet to replace it. It may be about to end.
-- Whoever calls without the server's dispatcher could still undo the event when they have the token. To them the first call
-- answers `recorded`, with the event's id and no token; a second one, which names it as `recorded_event_id`, the token.
create or replace function cloakroom_api.get_integration_token(integration_id uuid, recorded_event_id uuid default null)
returns cloakroom_api.revealed_secret
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_integration cloakroom.integrations;
  v_event cloakroom.audit_events;
begin
  select * into v_integration from cloakroom.integrations i
  where i.id = get_integration_token.integration_id for no key update;
  if not found then
    perform cloakroom_private.not_found();
  elsif (cloakroom_private.integration_row(v_integration)).status <> 'ACTIVE' then
    raise exception 'The service has to be connected again.' using errcode = 'CR409';
  elsif v_integration.expires_at <= clock_timestamp() then
    raise exception 'The token is being renewed: try again.' using errcode = 'CR503';
  end if;
  if recorded_event_id is not null then
    perform cloakroom_private.recorded_event(recorded_event_id, 'INTEGRATION_USED', v_integration.id);
  else
    update cloakroom.integrations i set last_used_at = clock_timestamp() where i.id = v_integration.id;
    v_event := cloakroom_private.append_integration_event(v_integration, 'INTEGRATION_USED');
    if not cloakroom_private.is_dispatched() then
      return row('recorded', null, v_event.id)::cloakroom_api.revealed_secret;
    end if;
  end if;
  return row('revealed', cloakroom_private.read_secret(v_integration.access_secret_id), null)::cloakroom_api.revealed_secret;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
