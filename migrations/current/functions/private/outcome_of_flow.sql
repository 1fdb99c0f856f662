-- Whether the answer to a flow that has not been taken yet may be taken from whoever brings it, the server acting for the
-- one who began it. Whose a session is does not change when its token ends, so both ids are asked.
create or replace function cloakroom_private.outcome_of_flow(
  flow cloakroom.integration_flows, caller_id uuid, session_id uuid
) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select case
    when flow.expires_at <= clock_timestamp() then 'expired'
    when outcome_of_flow.caller_id <> flow.user_id or exists (
      select from cloakroom.sessions s where s.id = outcome_of_flow.session_id and s.user_id <> flow.user_id)
      then 'other_person'
    when flow.is_begun_by_cookie and outcome_of_flow.session_id is distinct from flow.session_id then 'other_browser'
    when not cloakroom_private.is_at_least(cloakroom_private.caller_role(flow.organization_id), 'ADMIN') then 'forbidden'
    else 'taken' end
$$;
