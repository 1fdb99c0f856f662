-- Seconds until one more use may begin where any 60 seconds may see `most`, of one key or (null) of the organization; 0
-- for at once. Exact under usage_lock: the window slides, so that no minute, wherever it begins, has more.
create or replace function cloakroom_private.request_wait(
  organization_id uuid, provider_key_id uuid, most integer, moment timestamptz
) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_begun_at timestamptz;
begin
  if most is null then
    return 0;
  end if;
  select u.begun_at into v_begun_at from cloakroom.provider_key_uses u
  where u.organization_id = request_wait.organization_id and u.begun_at > moment - interval '1 minute'
    and (request_wait.provider_key_id is null or u.provider_key_id = request_wait.provider_key_id)
  order by u.begun_at desc offset most - 1 limit 1;
  if not found then
    return 0;
  end if;
  return greatest(1, ceil(extract(epoch from v_begun_at + interval '1 minute' - moment)));
end $$;
