-- Whether a role may do what another may: VIEWER < MEMBER < ADMIN < OWNER. False for an unknown one.
create or replace function cloakroom_private.is_at_least(role text, minimum text) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_roles constant text[] := array['VIEWER', 'MEMBER', 'ADMIN', 'OWNER'];
begin
  return coalesce(array_position(v_roles, role) >= array_position(v_roles, minimum), false);
end $$;
