-- A member's leave to send one request to a service, good for a minute: the server reads the token with it. MEMBER.
create or replace function cloakroom_api.begin_integration_use(integration_id uuid, method text)
returns cloakroom_api.integration_use
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  if coalesce(method, '') not in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE') then
    perform cloakroom_private.refuse_input('method', 'This method is not forwarded.');
  end if;
  return cloakroom_private.add_integration_use(begin_integration_use.integration_id, 'use', 'MEMBER', method);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
