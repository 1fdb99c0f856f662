-- Stores what a flow that was taken has brought, for the one who began it: CR404, CR403 or CR401 where they may not any
-- more. The server alone. `expires_in` is in seconds.
create or replace function cloakroom_api.finish_integration_flow(
  flow_id uuid, access_token text, refresh_token text default null, account text default null,
  scopes text[] default null, expires_in integer default null
) returns cloakroom_api.integration
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_flow cloakroom.integration_flows;
  v_answer cloakroom_api.integration;
begin
  select * into v_flow from cloakroom.integration_flows f
  where f.id = finish_integration_flow.flow_id and f.taken_at > clock_timestamp() - interval '5 minutes';
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.act_for(v_flow.user_id, v_flow.session_id);
  v_answer := cloakroom_private.add_integration(v_flow.organization_id, v_flow.service, access_token, refresh_token,
    finish_integration_flow.account, coalesce(finish_integration_flow.scopes, v_flow.scopes),
    cloakroom_private.end_of_token(expires_in));
  -- After the organization is locked, as its deletion has it; of two that finish, one finds it gone.
  delete from cloakroom.integration_flows f where f.id = v_flow.id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
