-- Whether anybody else is in the organization. Who was invited and never came is not.
create or replace function cloakroom_private.has_other_members(member cloakroom.members) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from cloakroom.members m
    where m.organization_id = member.organization_id and m.user_id is not null and m.id <> member.id);
end $$;
