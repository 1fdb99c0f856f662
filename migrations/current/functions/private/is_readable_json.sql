-- Whether every reader can take a JSON value: nested 50 deep at most, and no number beyond a double, which JavaScript would
-- read as infinity and answer as null. GraphQL refuses such values before; whoever calls through PostgREST sends anything.
create or replace function cloakroom_private.is_readable_json(value jsonb) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return not jsonb_path_exists(value, 'strict $.**{51}') and not jsonb_path_exists(value,
    'strict $.** ? (@.type() == "number" && (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308))');
end $$;
