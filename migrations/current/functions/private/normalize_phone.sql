-- Any common international writing of a phone number as E.164; null for anything else, so also for a national number,
-- which names no country.
create or replace function cloakroom_private.normalize_phone(value text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_phone text;
begin
  if char_length(value) > 64 then
    return null;
  end if;
  v_phone := regexp_replace(value, '^\s*tel:', '', 'i');
  -- Spaces and dashes of all widths, and the direction marks that come along when a contact is copied.
  v_phone := regexp_replace(v_phone,
    '[\s\u00a0\u00ad\u2000-\u2015\u2028-\u202f\u205f-\u2064\u2066-\u2069\u2212\u3000\ufeff./-]', '', 'g');
  v_phone := regexp_replace(v_phone, '^\(?(\+|00)', '+');
  -- The trunk zero of "+44 (0)20" is not dialled from abroad. Italy, San Marino and the Vatican dial theirs.
  if v_phone !~ '^\+\(?(39|378|379)\)?\(0\)' then
    v_phone := regexp_replace(v_phone, '^(\+\(?[1-9][0-9]{0,2}\)?)\(0\)', '\1');
  end if;
  v_phone := translate(v_phone, '()', '');
  return case when v_phone ~ '^\+[1-9][0-9]{6,14}$' then v_phone end;
end $$;
