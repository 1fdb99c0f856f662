-- A column's sensitivity changes through a conversion of its stored cells alone: no plaintext is left behind when it
-- turns sensitive, and no token when it stops being so. What its cells are bound to never changes.
create or replace function cloakroom_private.check_column_change() returns trigger
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if (new.id, new.table_id, new.organization_id, new.type) is distinct from
     (old.id, old.table_id, old.organization_id, old.type)
    or (new.mask is distinct from old.mask and new.is_sensitive and new.conversion is distinct from 'sealing')
    or (old.is_sensitive and not new.is_sensitive and old.conversion is distinct from 'unsealing') then
    raise exception 'A column changes its sensitivity through a conversion alone.' using errcode = 'CR500';
  end if;
  return new;
end $$;
