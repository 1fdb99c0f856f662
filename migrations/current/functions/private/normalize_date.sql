-- `YYYY-MM-DD` as it is where it is a day of the Gregorian calendar, years 0001 to 9999; else null.
create or replace function cloakroom_private.normalize_date(value text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_year integer;
  v_month integer;
begin
  if value !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' or value ~ '^0000' then
    return null;
  end if;
  v_year := substr(value, 1, 4)::integer;
  v_month := substr(value, 6, 2)::integer;
  -- make_date, too, quotes what it refuses: the month's last day is made from its first.
  return case when substr(value, 9, 2)::integer
    <= extract(day from make_date(v_year, v_month, 1) + interval '1 month' - interval '1 day') then value end;
end $$;
