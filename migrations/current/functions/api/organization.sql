-- One of the caller's organizations; CR404 for any other.
create or replace function cloakroom_api.organization(organization_id uuid) returns cloakroom_api.organization
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_answer cloakroom_api.organization;
begin
  perform cloakroom_private.require_role(organization.organization_id, 'VIEWER');
  select o.id, o.name, cloakroom_private.caller_role(o.id), o.created_at into v_answer
  from cloakroom.organizations o where o.id = organization.organization_id;
  -- The caller may be removed between the two.
  if v_answer.role is null then
    perform cloakroom_private.not_found();
  end if;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
