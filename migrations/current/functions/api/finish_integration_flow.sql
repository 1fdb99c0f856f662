-- Stores what a flow that was taken has brought, for the one who began it, as an integration by the id of the flow: CR404,
-- CR403 or CR401 where they may not any more. Asked once more, since an answer can be lost, it answers what it stored and
-- stores nothing. The server alone. `expires_in` is in seconds.
create or replace function cloakroom_api.finish_integration_flow(
  flow_id uuid, access_token text, refresh_token text default null, account text default null,
  scopes text[] default null, expires_in integer default null
) returns cloakroom_api.integration
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_flow cloakroom.integration_flows;
  v_stored cloakroom.integrations;
begin
  select * into v_flow from cloakroom.integration_flows f
  where f.id = finish_integration_flow.flow_id and f.taken_at > clock_timestamp() - interval '5 minutes';
  if found then
    perform cloakroom_private.act_for(v_flow.user_id, v_flow.session_id);
    perform cloakroom_private.require_caller();
    -- The organization before the flow, as its deletion has it; of two that finish, one finds the flow gone.
    perform cloakroom_private.lock_organization(v_flow.organization_id);
    delete from cloakroom.integration_flows f where f.id = v_flow.id;
  end if;
  if not found then
    select * into v_stored from cloakroom.integrations i where i.id = finish_integration_flow.flow_id;
    if not found then
      perform cloakroom_private.not_found();
    end if;
    return cloakroom_private.integration_row(v_stored);
  end if;
  return cloakroom_private.add_integration(v_flow.organization_id, v_flow.service, access_token, refresh_token,
    finish_integration_flow.account, coalesce(finish_integration_flow.scopes, v_flow.scopes),
    cloakroom_private.end_of_token(expires_in), v_flow.id);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
