-- Second leg: what belongs to a state, once, whatever comes of it: a state that was brought by the wrong person is over.
-- The server alone. `caller_id` and `session_id` are of whoever came with a session of their own, if only one whose token
-- has ended. The flow is refused to anybody but the one who began it; where they began it by a cookie, to whoever comes
-- without the same session; and to them where they are no ADMIN any more or signed out. A flow that was taken ends in
-- finish_integration_flow or expires.
create or replace function cloakroom_api.take_integration_flow(
  state text, caller_id uuid default null, session_id uuid default null
) returns cloakroom_api.taken_flow
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_flow cloakroom.integration_flows;
  v_answer cloakroom_api.taken_flow;
begin
  select * into v_flow from cloakroom.integration_flows f
  where f.state_hash = (select cloakroom_private.lookup_hash('oauth_state', take_integration_flow.state)) for update;
  v_answer.outcome := 'unknown';
  if v_flow.id is null or v_flow.taken_at is not null then
    return v_answer;
  end if;
  v_answer.service := v_flow.service;
  perform cloakroom_private.act_for(v_flow.user_id, v_flow.session_id);
  v_answer.outcome := cloakroom_private.outcome_of_flow(
    v_flow, take_integration_flow.caller_id, take_integration_flow.session_id);
  if v_answer.outcome <> 'taken' then
    delete from cloakroom.integration_flows f where f.id = v_flow.id;
    return v_answer;
  end if;
  update cloakroom.integration_flows f set taken_at = clock_timestamp() where f.id = v_flow.id;
  v_answer.flow_id := v_flow.id;
  v_answer.organization_id := v_flow.organization_id;
  v_answer.organization_name := (select o.name from cloakroom.organizations o where o.id = v_flow.organization_id);
  v_answer.scopes := v_flow.scopes;
  v_answer.verifier := cloakroom_private.unseal(v_flow.verifier_sealed,
    cloakroom_private.organization_key(v_flow.organization_id), 'flow:' || v_flow.id);
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
