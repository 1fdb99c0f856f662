-- The advisory lock of an organization's members. Who binds invitations takes it shared before they lock the members, who
-- deletes the organization exclusively before all else: otherwise one has the members and wants the organization, the
-- other the reverse.
create or replace function cloakroom_private.membership_lock(organization_id uuid) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return hashtextextended('cloakroom.membership:' || organization_id, 0);
end $$;
