-- Both tokens of an integration that an ADMIN is about to delete, to be revoked at its service. Once. The server alone.
create or replace function cloakroom_api.open_integration_deletion(use_id uuid) returns cloakroom_api.integration_tokens
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_use cloakroom.integration_uses;
  v_integration cloakroom.integrations;
begin
  v_use := cloakroom_private.locked_integration_use(open_integration_deletion.use_id, 'deletion', 'ADMIN');
  select * into v_integration from cloakroom.integrations i where i.id = v_use.integration_id;
  delete from cloakroom.integration_uses u where u.id = v_use.id;
  return row(v_integration.service, cloakroom_private.read_secret(v_integration.access_secret_id),
    case when v_integration.refresh_secret_id is not null
      then cloakroom_private.read_secret(v_integration.refresh_secret_id) end)::cloakroom_api.integration_tokens;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
