-- An RFC 3339 time with its offset as UTC, `YYYY-MM-DDTHH:MM:SS.mmmZ`, cut to milliseconds. Null for anything else, so
-- also for 24:00, for leap seconds (which no clock here can count) and for what leaves the years 0001 to 9999.
create or replace function cloakroom_private.normalize_datetime(value text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_date text := cloakroom_private.normalize_date(left(value, 10));
  v_offset text := right(value, 6);
  v_time timestamp;
begin
  if v_date is null or char_length(value) > 64 or substr(value, 11) !~ ('^[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]'
    || '(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$') then
    return null;
  end if;
  v_time := make_timestamp(
    left(value, 4)::integer, substr(value, 6, 2)::integer, substr(value, 9, 2)::integer,
    substr(value, 12, 2)::integer, substr(value, 15, 2)::integer, substr(value, 18, 2)::integer
  );
  if v_offset ~ '^[+-]' then
    v_time := v_time - make_interval(
      hours => left(v_offset, 3)::integer, mins => (left(v_offset, 1) || right(v_offset, 2))::integer);
  end if;
  if v_time < make_timestamp(1, 1, 1, 0, 0, 0) or v_time >= make_timestamp(10000, 1, 1, 0, 0, 0) then
    return null;
  end if;
  return to_char(v_time, 'YYYY-MM-DD"T"HH24:MI:SS')
    || rpad(coalesce(substring(value from '\.[0-9]{1,3}'), '.'), 4, '0') || 'Z';
end $$;
