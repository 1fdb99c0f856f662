-- What to say of an answer that a step does not take.
create or replace function cloakroom_private.expected_answer(step jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return case step ->> 'kind'
    when 'text' then format('Expected a text of 1 to %s characters.', step ->> 'maxLength')
    when 'choice' then 'Expected one of the options.'
    when 'choices' then 'Expected a list of one or more of the options, without repeats.'
    when 'number' then format('Expected a number from %s to %s.', step ->> 'min', step ->> 'max')
    when 'boolean' then 'Expected true or false.'
    else 'Expected a day, as in 2026-11-20.'
  end;
end $$;
