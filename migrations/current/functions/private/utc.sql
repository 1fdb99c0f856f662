-- A time as answers write it: RFC 3339, UTC, milliseconds.
create or replace function cloakroom_private.utc(moment timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
