-- Removes an integration by leave of an ADMIN, and answers the tokens that went with it, to be revoked at its service: the
-- newest, since no refresh can store others from here on. Once. The server alone. Audited as the ADMIN's: that the tokens
-- are used for this, and the deletion.
-- Whoever calls without the server's dispatcher could still undo all of it when they have the tokens. To them the first call
-- writes the first of those events, removes nothing and answers no token; a second one, which names that event as
-- `recorded_event_id`, does the rest.
create or replace function cloakroom_api.finish_integration_deletion(use_id uuid, recorded_event_id uuid default null)
returns cloakroom_api.integration_tokens
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_use cloakroom.integration_uses;
  v_integration cloakroom.integrations;
  v_details jsonb;
  v_event cloakroom.audit_events;
  v_answer cloakroom_api.integration_tokens;
begin
  v_use := cloakroom_private.locked_integration_use(finish_integration_deletion.use_id, 'deletion', 'ADMIN');
  select * into v_integration from cloakroom.integrations i where i.id = v_use.integration_id;
  v_answer.service := v_integration.service;
  v_answer.access_token := cloakroom_private.read_secret(v_integration.access_secret_id);
  v_answer.refresh_token := case when v_integration.refresh_secret_id is not null
    then cloakroom_private.read_secret(v_integration.refresh_secret_id) end;
  v_details := jsonb_build_object('purpose', v_use.purpose);
  if recorded_event_id is not null then
    perform cloakroom_private.recorded_event(case when recorded_event_id = v_use.audit_event_id then recorded_event_id end,
      'INTEGRATION_USED', v_integration.id, v_details);
  else
    v_event := cloakroom_private.append_integration_event(v_integration, 'INTEGRATION_USED', v_details);
    if not cloakroom_private.is_dispatched() then
      update cloakroom.integration_uses u set audit_event_id = v_event.id where u.id = v_use.id;
      return row(v_integration.service, null, null, v_event.id)::cloakroom_api.integration_tokens;
    end if;
  end if;
  perform cloakroom_private.remove_integration(v_integration);
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
