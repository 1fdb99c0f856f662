-- Locks the organization of one who leaves it: to be deleted, invitations and all, where nobody else is in it. Where
-- others are, invitations go on being bound: the caller's own other calls may be at it, and wait for this one.
create or replace function cloakroom_private.lock_left_organization(leaving cloakroom.members)
returns cloakroom.organizations
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_organization cloakroom.organizations;
begin
  if cloakroom_private.has_other_members(leaving) then
    perform cloakroom_private.lock_organization(leaving.organization_id);
    return null;
  end if;
  perform pg_advisory_xact_lock(cloakroom_private.membership_lock(leaving.organization_id));
  select * into v_organization from cloakroom.organizations o where o.id = leaving.organization_id for update;
  return v_organization;
end $$;
