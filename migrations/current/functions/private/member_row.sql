-- A member as colleagues see them.
create or replace function cloakroom_private.member_row(member cloakroom.members) returns cloakroom_api.member
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select member.id, member.organization_id, member.user_id,
    (select u.name from cloakroom.users u where u.id = member.user_id),
    member.phone_mask, member.role, member.joined_at
$$;
