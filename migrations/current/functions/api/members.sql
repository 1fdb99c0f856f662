-- The members of those among the organizations that are the caller's, in the order in which they were added.
create or replace function cloakroom_api.members(organization_ids uuid[]) returns setof cloakroom_api.member
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_ids uuid[];
begin
  perform cloakroom_private.require_caller();
  v_ids := cloakroom_private.require_ids(members.organization_ids, 'organizationIds');
  return query
    select m.id, m.organization_id, m.user_id, u.name, m.phone_mask, m.role, m.joined_at
    from cloakroom.members m left join cloakroom.users u on u.id = m.user_id
    where m.organization_id = any (v_ids)
      and m.organization_id = any ((select cloakroom_private.caller_organizations())::uuid[])
    order by m.created_at, m.id;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
