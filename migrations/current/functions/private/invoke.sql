-- The server's one statement: calls cloakroom_api.<function_name> as the given role, with named arguments out of a JSON
-- object. Invoker's rights, so that the login role can become no other role than those it is a member of. The call's
-- text is made of names from the catalog alone, never of the caller's; arguments become values as PostgREST makes them
-- (jsonb_to_record): a key left out takes its default, JSON null is null.
--
-- What is in the open on its way through a call stays in memory: sorts and lists beyond work_mem would be written to
-- files. So an answer has an end, which also keeps one page of huge rows from taking all memory of the server.
--
-- Settings end with the call, not with the transaction. Whatever goes wrong is raised anew with its SQLSTATE and no
-- words of its own, since messages, DETAIL and CONTEXT quote values; only class CR, our own sentences, keeps them.
create or replace function cloakroom_private.invoke(
  role text, claims jsonb, root_key text, client_address text, function_name text, args jsonb
) returns json
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_function record;
  v_name text;
  v_named text;
  v_typed text;
  v_source text;
  v_call text;
  v_result json;
  v_state text;
  v_message text;
  v_detail text;
begin
  begin
    if coalesce(invoke.role, '') not in ('authenticated', 'service_role') then
      raise insufficient_privilege;
    end if;
    select p.proretset, p.proargnames[1:p.pronargs] as names, p.proargtypes as types into v_function
    from pg_catalog.pg_proc p
    where p.proname = invoke.function_name and p.pronamespace = 'cloakroom_api'::regnamespace;
    if not found or invoke.args - coalesce(v_function.names, '{}') <> '{}' then
      raise undefined_function;
    end if;
    for v_place in 1..coalesce(cardinality(v_function.names), 0) loop
      if invoke.args ? v_function.names[v_place] then
        v_name := quote_ident(v_function.names[v_place]);
        v_named := concat(v_named || ', ', v_name, ' => a.', v_name);
        v_typed := concat(v_typed || ', ', v_name, ' ', format_type(v_function.types[v_place - 1], null));
      end if;
    end loop;
    v_source := coalesce('jsonb_to_record($1) as a(' || v_typed || ')', '(values (1)) as a');
    v_call := format('cloakroom_api.%I(%s)', invoke.function_name, v_named);
    v_call := case
      when v_function.proretset then format('select coalesce(json_agg(r), ''[]'') from %s, %s as r', v_source, v_call)
      else format('select to_json(%s) from %s', v_call, v_source) end;
    perform set_config('request.jwt.claims', coalesce(invoke.claims::text, ''), true),
      set_config('cloakroom.root_key', coalesce(invoke.root_key, ''), true),
      set_config('cloakroom.client_address', coalesce(invoke.client_address, ''), true),
      set_config('role', invoke.role, true);
    execute v_call into v_result using invoke.args;
    if pg_column_size(v_result) > 67108864 then
      raise program_limit_exceeded;
    end if;
    set constraints all immediate;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail;
  end;
  if v_state = '54000' then
    v_state := 'CR422';
    v_message := 'This is more than 64 MiB at once: ask for less.';
    v_detail := '';
  -- An id that is no uuid is an id of nothing.
  elsif v_state = '22P02' and exists (
    select from generate_subscripts(v_function.names, 1) as g(place),
      jsonb_path_query(invoke.args -> v_function.names[g.place], '$[*]') as id
    where v_function.types[g.place - 1] in ('uuid'::regtype, 'uuid[]'::regtype)
      and id #>> '{}' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  ) then
    v_state := 'CR404';
    v_message := 'Not found.';
    v_detail := '';
  end if;
  perform set_config('role', 'none', true), set_config('request.jwt.claims', '', true),
    set_config('cloakroom.root_key', '', true), set_config('cloakroom.client_address', '', true);
  if v_state like 'CR%' then
    raise exception using errcode = v_state, message = v_message, detail = v_detail;
  elsif v_state is not null then
    raise exception using errcode = v_state, message = 'request failed';
  end if;
  return v_result;
end $$;
