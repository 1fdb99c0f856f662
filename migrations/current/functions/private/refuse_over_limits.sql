-- Refuses a use beyond the limits of its key or of its organization: CR403 for a model, CR429 with the seconds to wait for
-- requests and tokens. The caller holds usage_lock until the use is written.
create or replace function cloakroom_private.refuse_over_limits(
  key cloakroom.provider_keys, over_all cloakroom.usage_limits, model text, tokens integer, moment timestamptz
) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_wait integer;
begin
  if not cloakroom_private.is_allowed_model(model, key.models) then
    raise exception 'This key may not be used with this model.' using errcode = 'CR403';
  elsif not cloakroom_private.is_allowed_model(model, over_all.models) then
    raise exception 'The organization may not use this model.' using errcode = 'CR403';
  end if;
  v_wait := greatest(
    cloakroom_private.request_wait(key.organization_id, key.id, key.requests_per_minute, moment),
    cloakroom_private.request_wait(key.organization_id, null, over_all.requests_per_minute, moment),
    cloakroom_private.token_wait(key.organization_id, key.id, key.tokens_per_day, tokens, moment),
    cloakroom_private.token_wait(key.organization_id, null, over_all.tokens_per_day, tokens, moment));
  if v_wait > 0 then
    raise exception 'The limit of this key or of its organization is reached.' using errcode = 'CR429', detail = v_wait;
  end if;
end $$;
