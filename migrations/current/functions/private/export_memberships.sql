-- The organizations in which a person is a member, and as what. Invitations are among them: asking binds them.
create or replace function cloakroom_private.export_memberships(user_id uuid) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select coalesce(json_agg(json_build_object(
      'id', m.id, 'organizationId', o.id, 'organization', o.name, 'role', m.role,
      'addedAt', cloakroom_private.utc(m.created_at), 'joinedAt', cloakroom_private.utc(m.joined_at)
    ) order by m.created_at, m.id), '[]')
    from cloakroom.members m join cloakroom.organizations o on o.id = m.organization_id
    where m.user_id = export_memberships.user_id);
end $$;
