-- What is shown of a cell's value: texts in the given style, anything else FULL.
create or replace function cloakroom_private.cell_mask(value jsonb, style text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return cloakroom_private.mask(value #>> '{}', case when jsonb_typeof(value) = 'string' then style else 'FULL' end);
end $$;
