-- Limits after a change: {requestsPerMinute, tokensPerDay, models}. What is left out stays, null lifts a limit.
create or replace function cloakroom_private.changed_limits(
  limits cloakroom_api.usage_limits, changes jsonb, field text
) returns cloakroom_api.usage_limits
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_limits cloakroom_api.usage_limits := limits;
begin
  perform cloakroom_private.require_shape(
    changes, '{"requestsPerMinute": "number", "tokensPerDay": "number", "models": "array"}', field);
  if changes ? 'requestsPerMinute' then
    v_limits.requests_per_minute := cloakroom_private.require_limit(
      changes -> 'requestsPerMinute', field || '.requestsPerMinute');
  end if;
  if changes ? 'tokensPerDay' then
    v_limits.tokens_per_day := cloakroom_private.require_limit(changes -> 'tokensPerDay', field || '.tokensPerDay');
  end if;
  if changes ? 'models' then
    v_limits.models := cloakroom_private.require_models(changes -> 'models', field || '.models');
  end if;
  return v_limits;
end $$;
