-- Seconds until a use that takes up to `asked` tokens may begin where a UTC day may see `most`, of one key or (null) of
-- the organization; 0 for at once. What is under way counts with all that it reserved, for ten minutes. CR422 for more
-- than a day's. Exact under usage_lock: uses that end meanwhile go from one side of the sum to the other in one snapshot.
create or replace function cloakroom_private.token_wait(
  organization_id uuid, provider_key_id uuid, most integer, asked integer, moment timestamptz
) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_today timestamptz := date_trunc('day', moment, 'UTC');
  v_spent bigint;
  v_reserved bigint;
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
    (select coalesce(sum(u.tokens_reserved), 0) from cloakroom.provider_key_uses u
      where u.organization_id = token_wait.organization_id and u.ended_at is null
        and u.begun_at > greatest(moment - interval '10 minutes', v_today - interval '1 microsecond')
        and (token_wait.provider_key_id is null or u.provider_key_id = token_wait.provider_key_id))
    into v_spent, v_reserved;
  if v_spent + v_reserved + asked <= most then
    return 0;
  end if;
  -- What is under way may end with less than it reserved, at any moment.
  return case when v_spent + asked <= most then 5
    else greatest(1, ceil(extract(epoch from v_today + interval '1 day' - moment))) end;
end $$;
