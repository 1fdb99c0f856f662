-- A list of options without repeats, in the order given; null for anything else.
create or replace function cloakroom_private.normalize_choices(value jsonb, options jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_typeof(value) <> 'array' or options is null then
    return null;
  end if;
  return case when (
    select count(distinct choice.item) = count(*)
      and coalesce(bool_and(jsonb_typeof(choice.item) = 'string' and options @> choice.item), true)
    from jsonb_array_elements(value) as choice(item)
  ) then value end;
end $$;
