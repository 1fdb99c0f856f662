-- Removes an integration and its tokens from the vault in one transaction. ADMIN. Audited.
create or replace function cloakroom_api.delete_integration(integration_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  perform cloakroom_private.remove_integration(cloakroom_private.locked_integration(delete_integration.integration_id));
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
