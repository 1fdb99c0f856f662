-- The advisory lock under which uses of an organization's provider keys begin, one after the other, so that none is
-- counted past. After the lock of the organization itself, before those of its keys.
create or replace function cloakroom_private.usage_lock(organization_id uuid) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return hashtextextended('cloakroom.usage:' || organization_id, 0);
end $$;
