-- Refuses what is none of the four roles.
create or replace function cloakroom_private.require_member_role(role text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not cloakroom_private.is_at_least(role, 'VIEWER') then
    perform cloakroom_private.refuse_input('input.role', 'This must be VIEWER, MEMBER, ADMIN or OWNER.');
  end if;
end $$;
