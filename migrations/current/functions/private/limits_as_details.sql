-- Limits as the audit log keeps them.
create or replace function cloakroom_private.limits_as_details(limits cloakroom_api.usage_limits) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_strip_nulls(jsonb_build_object('requestsPerMinute', limits.requests_per_minute,
    'tokensPerDay', limits.tokens_per_day, 'models', limits.models))
$$;
