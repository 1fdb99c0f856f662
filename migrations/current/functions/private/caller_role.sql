-- The caller's role in an organization, null for a stranger. Owned by cloakroom_guard.
create or replace function cloakroom_private.caller_role(organization_id uuid) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '');
begin
  return (
    select m.role from cloakroom.sessions s join cloakroom.members m on m.user_id = s.user_id
    where s.id = (v_claims ->> 'session_id')::uuid and s.user_id = (v_claims ->> 'sub')::uuid
      and s.revoked_at is null and s.expires_at > now()
      and m.organization_id = caller_role.organization_id);
end $$;
