-- Counts an export of an account whose person is locked; CR429 with the seconds to wait beyond five within an hour.
create or replace function cloakroom_private.spend_export(user_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_oldest timestamptz;
begin
  delete from cloakroom.account_exports e
  where e.user_id = spend_export.user_id and e.exported_at <= clock_timestamp() - interval '1 hour';
  select e.exported_at into v_oldest from cloakroom.account_exports e
  where e.user_id = spend_export.user_id order by e.exported_at desc offset 4 limit 1;
  if found then
    raise exception 'An account is exported at most five times an hour.' using errcode = 'CR429',
      detail = greatest(1, ceil(extract(epoch from v_oldest + interval '1 hour' - clock_timestamp())))::text;
  end if;
  insert into cloakroom.account_exports (user_id) values (spend_export.user_id);
end $$;
