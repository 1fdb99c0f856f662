-- A list of options without repeats, in the order given; null for anything else.
create or replace function cloakroom_private.normalize_choices(value jsonb, options jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_typeof(value) <> 'array' or options is null then
    return null;
  end if;
  -- Without repeats, so more than there are is none: not looked at one by one.
  return case when jsonb_array_length(value) <= jsonb_array_length(options) and (
    select count(distinct choice.item) = count(*)
      and coalesce(bool_and(jsonb_typeof(choice.item) = 'string' and options @> choice.item), true)
    from jsonb_array_elements(value) as choice(item)
  ) then value end;
end $$;
