-- The country calling code of a phone; CR422 where settings.otp_calling_codes names countries and it is none of them.
create or replace function cloakroom_private.require_reached_country(phone text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_code text := cloakroom_private.calling_code(require_reached_country.phone);
begin
  if exists (
    select from cloakroom.settings s
    where s.otp_calling_codes <> '{}' and coalesce(v_code, '') <> all (s.otp_calling_codes)
  ) then
    perform cloakroom_private.refuse_input('input.phone', 'Codes are not sent to phones of this country.');
  end if;
  return v_code;
end $$;
