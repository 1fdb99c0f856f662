-- The phone as E.164; CR422 where it is none.
create or replace function cloakroom_private.require_phone(phone text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_phone text := cloakroom_private.normalize_phone(require_phone.phone);
begin
  if v_phone is null then
    perform cloakroom_private.refuse_input(
      'input.phone', 'This must be a phone number with its country code, such as +1 555 123 4567.');
  end if;
  return v_phone;
end $$;
