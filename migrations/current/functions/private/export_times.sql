-- When, within the last hour, a person had their account exported, this time included.
create or replace function cloakroom_private.export_times(user_id uuid) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select json_agg(cloakroom_private.utc(e.exported_at) order by e.exported_at)
    from cloakroom.account_exports e where e.user_id = export_times.user_id);
end $$;
