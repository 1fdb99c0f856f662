-- The access token of an integration, for the server alone and on record each time. CR404 for none, CR409 where its user
-- has to connect again, CR422 for a request that casts or filters the answer, CR503 where it has ended and the server has
-- yet to replace it. It may be about to end.
create or replace function cloakroom_api.get_integration_token(integration_id uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_integration cloakroom.integrations;
begin
  perform cloakroom_private.require_plain_request();
  select * into v_integration from cloakroom.integrations i
  where i.id = get_integration_token.integration_id for no key update;
  if not found then
    perform cloakroom_private.not_found();
  elsif (cloakroom_private.integration_row(v_integration)).status <> 'ACTIVE' then
    raise exception 'The service has to be connected again.' using errcode = 'CR409';
  elsif v_integration.expires_at <= clock_timestamp() then
    raise exception 'The token is being renewed: try again.' using errcode = 'CR503';
  end if;
  update cloakroom.integrations i set last_used_at = clock_timestamp() where i.id = v_integration.id;
  perform cloakroom_private.append_integration_event(v_integration, 'INTEGRATION_USED');
  raise log 'cloakroom: the token of integration % is handed out', v_integration.id;
  return cloakroom_private.read_secret(v_integration.access_secret_id);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
