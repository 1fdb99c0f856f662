-- Removes an integration by leave of an ADMIN, and answers the tokens that went with it, to be revoked at its service: the
-- newest, since no refresh can store others from here on. Once. The server alone. Audited as the ADMIN's.
create or replace function cloakroom_api.finish_integration_deletion(use_id uuid) returns cloakroom_api.integration_tokens
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_use cloakroom.integration_uses;
  v_integration cloakroom.integrations;
  v_answer cloakroom_api.integration_tokens;
begin
  v_use := cloakroom_private.locked_integration_use(finish_integration_deletion.use_id, 'deletion', 'ADMIN');
  select * into v_integration from cloakroom.integrations i where i.id = v_use.integration_id;
  v_answer := row(v_integration.service, cloakroom_private.read_secret(v_integration.access_secret_id),
    case when v_integration.refresh_secret_id is not null
      then cloakroom_private.read_secret(v_integration.refresh_secret_id) end);
  perform cloakroom_private.remove_integration(v_integration);
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
