-- The answer of a function that returns rows, as one JSON list: PostgREST cuts sets of rows at the project's "max rows",
-- and the caller cannot tell. Arguments as in cloakroom_private.invoke. With the caller's rights, as the one function
-- here: whoever calls it reaches what they may call without it, and as themselves.
create or replace function cloakroom_api.whole_list(function_name text, args jsonb default '{}') returns json
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_function record;
  v_name text;
  v_named text;
  v_typed text;
  v_result json;
begin
  select p.proargnames[1:p.pronargs] as names, p.proargtypes as types into v_function
  from pg_catalog.pg_proc p
  where p.proname = whole_list.function_name and p.pronamespace = 'cloakroom_api'::regnamespace and p.proretset;
  if not found or whole_list.args - coalesce(v_function.names, '{}') <> '{}' then
    raise undefined_function;
  end if;
  for v_place in 1..coalesce(cardinality(v_function.names), 0) loop
    if whole_list.args ? v_function.names[v_place] then
      v_name := quote_ident(v_function.names[v_place]);
      v_named := concat(v_named || ', ', v_name, ' => a.', v_name);
      v_typed := concat(v_typed || ', ', v_name, ' ', format_type(v_function.types[v_place - 1], null));
    end if;
  end loop;
  execute format('select coalesce(json_agg(r), ''[]'') from %s, cloakroom_api.%I(%s) as r',
    coalesce('jsonb_to_record($1) as a(' || v_typed || ')', '(values (1)) as a'), whole_list.function_name, v_named)
    into v_result using whole_list.args;
  if pg_column_size(v_result) > 67108864 then
    raise program_limit_exceeded;
  end if;
  return v_result;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  raise exception 'request failed' using errcode = sqlstate;
end $$;
