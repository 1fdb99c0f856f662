-- Seconds until a use that takes up to `asked` tokens may begin where a UTC day may see `most`, of one key or (null) of
-- the organization; 0 for at once. What has not ended counts with all that it reserved: of a use whose server was killed
-- nobody knows what it took. CR422 for more than a day's. Exact under usage_lock: uses that end meanwhile go from one side of the sum to the other in one snapshot.
create or replace function cloakroom_private.token_wait(
  organization_id uuid, provider_key_id uuid, most integer, asked integer, moment timestamptz
) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_today timestamptz := date_trunc('day', moment, 'UTC');
  v_spent bigint;
  v_reserved bigint;
  v_ending bigint;
begin
  if most is null or asked = 0 then
    return 0;
  elsif asked > most then
    perform cloakroom_private.refuse_input('input.maxTokens', 'This may take more tokens than a whole day allows.');
  end if;
  select
    (select coalesce(sum(t.tokens), 0) from cloakroom.provider_key_tokens t
      where t.organization_id = token_wait.organization_id and t.day = (v_today at time zone 'UTC')::date
        and (token_wait.provider_key_id is null or t.provider_key_id = token_wait.provider_key_id)),
    r.reserved, r.ending into v_spent, v_reserved, v_ending
  from (
    select coalesce(sum(u.tokens_reserved), 0) as reserved,
      coalesce(sum(u.tokens_reserved) filter (where u.begun_at > moment - interval '11 minutes'), 0) as ending
    from cloakroom.provider_key_uses u
    where u.organization_id = token_wait.organization_id and u.ended_at is null and u.begun_at >= v_today
      and (token_wait.provider_key_id is null or u.provider_key_id = token_wait.provider_key_id)) r;
  if v_spent + v_reserved + asked <= most then
    return 0;
  end if;
  -- What is under way may end with less than it reserved, at any moment; no call takes more than ten minutes.
  return case when v_spent + v_reserved - v_ending + asked <= most then 5
    else greatest(1, ceil(extract(epoch from v_today + interval '1 day' - moment))) end;
end $$;
