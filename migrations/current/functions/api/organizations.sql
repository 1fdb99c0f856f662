-- The caller's organizations, oldest first.
create or replace function cloakroom_api.organizations() returns setof cloakroom_api.organization
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user_id uuid;
begin
  v_user_id := cloakroom_private.require_caller();
  return query
    select o.id, o.name, m.role, o.created_at
    from cloakroom.organizations o join cloakroom.members m on m.organization_id = o.id
    where m.user_id = v_user_id
    order by o.created_at, o.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
