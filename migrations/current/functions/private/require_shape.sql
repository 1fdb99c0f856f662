-- Refuses what is no JSON object of these keys and types: `shape` is {key: type as jsonb_typeof says it, or `any`}.
-- Any may be left out or null. GraphQL has asked this already; whoever calls through PostgREST may send anything. The field names a key
-- only where it is one of the shape's: another may be a value in the wrong place.
create or replace function cloakroom_private.require_shape(given jsonb, shape jsonb, field text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_key text;
begin
  if jsonb_typeof(given) is distinct from 'object' then
    perform cloakroom_private.refuse_input(field, 'Expected an object.');
  end if;
  if given - array(select jsonb_object_keys(shape)) <> '{}' then
    perform cloakroom_private.refuse_input(field, 'There is no such field.');
  end if;
  select g.key into v_key from jsonb_each(given) g
  where shape ->> g.key <> 'any' and jsonb_typeof(g.value) not in ('null', shape ->> g.key) order by g.key limit 1;
  if v_key is not null then
    perform cloakroom_private.refuse_input(field || '.' || v_key, format('Expected %s.', case shape ->> v_key
      when 'array' then 'a list' when 'object' then 'an object' when 'number' then 'a number'
      when 'boolean' then 'true or false' else 'a text' end));
  end if;
end $$;
