-- A trait's value as it stands in a summary, at most 200 characters; null for what has no words: null, blanks, objects.
create or replace function cloakroom_private.words_of(value jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_words text := btrim(case jsonb_typeof(value)
    when 'string' then value #>> '{}'
    when 'number' then value #>> '{}'
    when 'boolean' then case when value = 'true' then 'yes' else 'no' end
    when 'array' then (
      select string_agg(item #>> '{}', ', ' order by n)
      from jsonb_array_elements(value) with ordinality as e(item, n)
      where jsonb_typeof(item) in ('string', 'number', 'boolean'))
    end, E' \t\n\r');
begin
  return case when length(v_words) > 200 then left(v_words, 199) || '…' else nullif(v_words, '') end;
end $$;
