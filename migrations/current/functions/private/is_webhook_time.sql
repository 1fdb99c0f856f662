-- Whether this is Unix time in seconds, at most five minutes off. Only as canonical decimal: another spelling of one time
-- would be another signature to try.
create or replace function cloakroom_private.is_webhook_time(seconds text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if seconds is null or seconds !~ '^[1-9][0-9]{0,11}$' then
    return false;
  end if;
  return abs(seconds::bigint - floor(extract(epoch from clock_timestamp()))) <= 300;
end $$;
