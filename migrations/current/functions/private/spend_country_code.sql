-- Counts one more code for a country, or answers the seconds until there may be another; 0 where it is counted. Exact, and
-- yet callers seldom wait for each other: one after the other they go only where the calls at work right now, of which
-- there are no more than connections, could fill the hour. Call it last before the code is made.
create or replace function cloakroom_private.spend_country_code(calling_code text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_most integer := (select s.otp_per_country_per_hour from cloakroom.settings s);
  v_safe integer := v_most - current_setting('max_connections')::integer;
  v_wait integer;
begin
  if v_most = 0 then
    return 0;
  end if;
  v_wait := cloakroom_private.country_wait(calling_code, v_most);
  if v_wait = 0 and (v_safe <= 0 or cloakroom_private.country_wait(calling_code, v_safe) > 0) then
    perform cloakroom_private.take_turns(cloakroom_private.lookup_hash('country', calling_code));
    v_wait := cloakroom_private.country_wait(calling_code, v_most);
  end if;
  if v_wait = 0 then
    insert into cloakroom.codes_by_country as c (calling_code, minute, slot, made)
    values (spend_country_code.calling_code, date_trunc('minute', clock_timestamp()), pg_backend_pid() % 8, 1)
    on conflict on constraint codes_by_country_pkey do update set made = c.made + 1;
  end if;
  return v_wait;
end $$;
