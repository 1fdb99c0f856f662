-- An ADMIN's leave to end an integration at its service too: the server removes it with that, once, within a minute.
create or replace function cloakroom_api.begin_integration_deletion(integration_id uuid)
returns cloakroom_api.integration_use
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return cloakroom_private.add_integration_use(begin_integration_deletion.integration_id, 'deletion', 'ADMIN', null);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
