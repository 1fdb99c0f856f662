-- The table, where the caller's role in its organization is at least `minimum`; CR404 for a stranger, CR403 below. For
-- functions that have asked require_caller already.
create or replace function cloakroom_private.reachable_table(table_id uuid, minimum text) returns cloakroom.tables
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_table cloakroom.tables;
begin
  select t.* into v_table from cloakroom.tables t where t.id = reachable_table.table_id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  if not cloakroom_private.is_at_least(cloakroom_private.caller_role(v_table.organization_id), minimum) then
    raise exception 'Your role in this organization does not allow this.' using errcode = 'CR403';
  end if;
  return v_table;
end $$;
