-- A JSON number or a decimal string, without superfluous zeros: a JSON number where a double holds it exactly (its
-- shortest writing reads back as the same decimal), else a string. Null for anything else and beyond 400 characters,
-- which holds every double written out to 17 digits.
create or replace function cloakroom_private.normalize_number(value jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set extra_float_digits = 1 as $$
declare
  v_text text := case when jsonb_typeof(value) in ('number', 'string') then value #>> '{}' end;
  v_number numeric;
  v_size numeric;
  v_shortest numeric;
begin
  if v_text is null or char_length(v_text) > 400 or v_text !~ '^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$' then
    return null;
  end if;
  v_number := trim_scale(v_text::numeric);
  v_size := abs(v_number);
  -- Outside these the cast to a double is an error that quotes the number.
  if v_size <> 0 and v_size not between 5e-324 and 1.7976931348623157e308 then
    return to_jsonb(v_number::text);
  end if;
  v_shortest := v_size::float8::text::numeric;
  -- JavaScript writes a double as the decimal halfway to its neighbour where that is shorter, Postgres never does.
  if v_shortest = v_size or char_length(btrim(replace(v_size::text, '.', ''), '0'))
    < char_length(btrim(replace(v_shortest::text, '.', ''), '0')) then
    return to_jsonb(v_number);
  end if;
  return to_jsonb(v_number::text);
end $$;
