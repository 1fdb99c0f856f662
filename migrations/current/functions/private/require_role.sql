-- The caller's user id where their role in the organization is at least `minimum` (VIEWER, MEMBER, ADMIN or OWNER).
-- CR401 without a live session, CR404 for a stranger (as for an organization that does not exist), CR403 below.
create or replace function cloakroom_private.require_role(organization_id uuid, minimum text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_user uuid := cloakroom_private.require_caller();
  v_role text := cloakroom_private.caller_role(require_role.organization_id);
begin
  if v_role is null then
    perform cloakroom_private.not_found();
  end if;
  if not cloakroom_private.is_at_least(v_role, minimum) then
    raise exception 'Your role in this organization does not allow this.' using errcode = 'CR403';
  end if;
  return v_user;
end $$;
