-- Whether a user is in one of the caller's organizations, and so their name may be read. Owned by cloakroom_guard.
create or replace function cloakroom_private.shares_organization(user_id uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from cloakroom.members m
    where m.user_id = shares_organization.user_id
      and m.organization_id = any ((select cloakroom_private.caller_organizations())::uuid[]));
end $$;
