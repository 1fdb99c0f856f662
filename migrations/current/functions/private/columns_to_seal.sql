-- The columns of a table whose values are to be sealed, each followed by its mask style. A column being unsealed is
-- none. Owned by cloakroom_guard: what row security hides from a writer must be sealed all the same.
create or replace function cloakroom_private.columns_to_seal(table_id uuid) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select p.part from cloakroom.columns c, unnest(array[c.id::text, c.mask]) with ordinality p(part, place)
    where c.table_id = columns_to_seal.table_id and c.is_sensitive and c.conversion is distinct from 'unsealing'
    order by c.id, p.place);
end $$;
