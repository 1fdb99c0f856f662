-- A label trimmed, null where it is blank; CR422 where it is too long.
create or replace function cloakroom_private.optional_label(label text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when btrim(label, E' \t\n\r') <> '' then cloakroom_private.require_text(label, 200, 'input.label') end
$$;
