-- Whether an organization has any member: only one without may be given its first by someone outside it.
-- Owned by cloakroom_guard.
create or replace function cloakroom_private.has_members(organization_id uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (select from cloakroom.members m where m.organization_id = has_members.organization_id);
end $$;
