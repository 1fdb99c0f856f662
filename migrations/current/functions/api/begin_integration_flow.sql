-- First leg of an OAuth code flow: a state that is good once, for ten minutes, and the PKCE verifier that goes with it.
-- One that was begun `by_cookie` ends in the browser that has it. ADMIN. CR429 beyond a hundred flows that nobody finished.
create or replace function cloakroom_api.begin_integration_flow(
  organization_id uuid, service text, scopes text[] default '{}', by_cookie boolean default false
) returns cloakroom_api.integration_flow
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user uuid;
  v_id uuid;
  v_answer cloakroom_api.integration_flow;
begin
  v_user := cloakroom_private.require_role(begin_integration_flow.organization_id, 'ADMIN');
  delete from cloakroom.integration_flows f
  where f.organization_id = begin_integration_flow.organization_id and f.expires_at <= clock_timestamp();
  if (select count(*) from cloakroom.integration_flows f
      where f.organization_id = begin_integration_flow.organization_id) >= 100 then
    raise exception 'Too many connections are being made.' using errcode = 'CR429', detail = '60';
  end if;
  v_id := gen_random_uuid();
  v_answer.state := cloakroom_private.base64url(extensions.gen_random_bytes(32));
  v_answer.verifier := cloakroom_private.base64url(extensions.gen_random_bytes(32));
  v_answer.expires_at := clock_timestamp() + interval '10 minutes';
  insert into cloakroom.integration_flows values (
    v_id, cloakroom_private.lookup_hash('oauth_state', v_answer.state), begin_integration_flow.organization_id,
    cloakroom_private.require_service(begin_integration_flow.service),
    coalesce(cloakroom_private.require_scopes(begin_integration_flow.scopes), '{}'),
    cloakroom_private.seal(v_answer.verifier,
      cloakroom_private.organization_key(begin_integration_flow.organization_id), 'flow:' || v_id),
    v_user, cloakroom_private.claim('session_id')::uuid, v_answer.expires_at, null,
    coalesce(begin_integration_flow.by_cookie, false));
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
