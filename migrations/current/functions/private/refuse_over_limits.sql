-- Refuses a use beyond the limits of its key or of its organization: CR403 for a model, CR429 with the seconds to wait for
-- requests and tokens, in a sentence that says which limit and whose. Members read it, who may not read a key's numbers. The
-- caller holds usage_lock until the use is written.
create or replace function cloakroom_private.refuse_over_limits(
  key cloakroom.provider_keys, over_all cloakroom.usage_limits, model text, tokens integer, moment timestamptz
) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_waits integer[];
  v_longest integer;
  v_place integer;
begin
  if not cloakroom_private.is_allowed_model(model, key.models) then
    raise exception 'This key may not be used with this model.' using errcode = 'CR403';
  elsif not cloakroom_private.is_allowed_model(model, over_all.models) then
    raise exception 'The organization may not use this model.' using errcode = 'CR403';
  end if;
  v_waits := array[
    cloakroom_private.request_wait(key.organization_id, key.id, key.requests_per_minute, moment),
    cloakroom_private.request_wait(key.organization_id, null, over_all.requests_per_minute, moment),
    cloakroom_private.token_wait(key.organization_id, key.id, key.tokens_per_day, tokens, moment),
    cloakroom_private.token_wait(key.organization_id, null, over_all.tokens_per_day, tokens, moment)];
  v_longest := greatest(v_waits[1], v_waits[2], v_waits[3], v_waits[4]);
  if v_longest > 0 then
    v_place := array_position(v_waits, v_longest);
    raise exception '% %', case when v_place in (1, 3) then 'This key has' else 'The organization has' end, case
      when v_place <= 2 then 'no requests left for this minute.'
      -- token_wait says less than the rest of the day only where calls under way may give back enough.
      when moment + make_interval(secs => v_longest) < date_trunc('day', moment, 'UTC') + interval '1 day'
        then 'not enough tokens left while other calls are under way.'
      else 'not enough tokens left for today (UTC).' end using errcode = 'CR429', detail = v_longest;
  end if;
end $$;
