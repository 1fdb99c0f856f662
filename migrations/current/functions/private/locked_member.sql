-- A member of one of the caller's organizations, as it is once the organization is locked; CR404 for any other.
create or replace function cloakroom_private.locked_member(member_id uuid) returns cloakroom.members
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_member cloakroom.members;
begin
  perform cloakroom_private.require_caller();
  select * into v_member from cloakroom.members m where m.id = locked_member.member_id;
  perform cloakroom_private.lock_organization(v_member.organization_id);
  select * into v_member from cloakroom.members m where m.id = locked_member.member_id for update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  return v_member;
end $$;
