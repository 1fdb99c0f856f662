-- An RFC 3339 time with its offset, from year 1 to 9999 in UTC, null where none is given; CR422 for anything else. By form
-- first: a cast alone also takes `now`, `infinity` and a day without its year.
create or replace function cloakroom_private.require_time(value text, field text) returns timestamptz
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_time timestamptz;
begin
  if value is null then
    return null;
  end if;
  begin
    v_time := case when length(value) <= 40 and value ~* '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}'
      '(\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])$' then value::timestamptz end;
  exception when data_exception then
    v_time := null;
  end;
  if v_time is null or v_time not between '0001-01-01T00:00:00Z' and '9999-12-31T23:59:59.999999Z' then
    perform cloakroom_private.refuse_input(
      field, 'Expected a time with an offset: YYYY-MM-DDTHH:MM:SSZ.');
  end if;
  return v_time;
end $$;
