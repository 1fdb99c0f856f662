-- A use is over, and with it all that are too old to be opened. The server alone.
create or replace function cloakroom_api.end_integration_use(use_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  delete from cloakroom.integration_uses u where u.id = (
    select o.id from cloakroom.integration_uses o where o.id = end_integration_use.use_id for update skip locked);
  delete from cloakroom.integration_uses u where u.id in (
    select o.id from cloakroom.integration_uses o where o.expires_at < now() - interval '1 minute'
    limit 100 for update skip locked);
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
