-- A column stops being sensitive only where the caller says so twice: sensitive false and unseal true.
create or replace function cloakroom_private.refuse_unasked_unseal(is_sensitive boolean, changes jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if changes -> 'sensitive' = 'false' then
    if is_sensitive and changes -> 'unseal' is distinct from 'true' then
      perform cloakroom_private.refuse_input(
        'input.unseal', 'This stores every value of the column in the clear: say unseal: true.');
    end if;
  elsif changes -> 'unseal' = 'true' then
    perform cloakroom_private.refuse_input('input.unseal', 'unseal goes with sensitive: false.');
  end if;
end $$;
