-- Gives a lease back after a refresh that failed. For good: NEEDS_RECONNECT, on record, and somebody is to be told. Else
-- the next try waits, from 15 seconds on twice as long each time, an hour at most, or for as long as the service asked.
-- `stale`, and nothing written, for a lease that is another's by now. The server alone.
create or replace function cloakroom_api.fail_integration_refresh(
  integration_id uuid, lease_id uuid, permanent boolean, retry_after integer default null
) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_integration cloakroom.integrations;
begin
  select * into v_integration from cloakroom.integrations i
  where i.id = fail_integration_refresh.integration_id and i.lease_id = fail_integration_refresh.lease_id
  for no key update;
  if not found then
    return 'stale';
  end if;
  if permanent then
    perform cloakroom_private.ask_to_reconnect(v_integration);
    return 'needs_reconnect';
  end if;
  update cloakroom.integrations i set
    lease_id = null, lease_until = null, failures = least(i.failures + 1, 1000),
    retry_at = clock_timestamp() + make_interval(secs => greatest(
      least(15 * 2 ^ least(i.failures, 20), 3600), least(coalesce(fail_integration_refresh.retry_after, 0), 3600)))
  where i.id = v_integration.id;
  return 'cooling';
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
