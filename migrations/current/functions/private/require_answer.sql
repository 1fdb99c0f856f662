-- An answer as a step takes it, JSON null where an optional one is left open: an empty text, an empty list. CR422 for
-- anything else; the message says what was expected and never what came.
create or replace function cloakroom_private.require_answer(step jsonb, answer jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_text text := case when jsonb_typeof(answer) = 'string' then btrim(answer #>> '{}', E' \t\n\r') end;
  v_answer jsonb;
begin
  if (step ->> 'required')::boolean is not true and (v_text = '' or answer in ('[]', 'null')) then
    return 'null'::jsonb;
  end if;
  v_answer := case step ->> 'kind'
    when 'text' then case when length(v_text) between 1 and (step ->> 'maxLength')::integer then to_jsonb(v_text) end
    when 'choice' then case when step -> 'options' ? v_text then to_jsonb(v_text) end
    when 'choices' then nullif(cloakroom_private.normalize_choices(answer, step -> 'options'), '[]')
    when 'number' then case when jsonb_typeof(answer) = 'number' then
      case when (answer #>> '{}')::numeric between (step ->> 'min')::numeric and (step ->> 'max')::numeric then answer end end
    when 'boolean' then case when jsonb_typeof(answer) = 'boolean' then answer end
    when 'date' then to_jsonb(cloakroom_private.normalize_date(v_text))
  end;
  if v_answer is null then
    perform cloakroom_private.refuse_input('input.answer', cloakroom_private.expected_answer(step));
  end if;
  return v_answer;
end $$;
