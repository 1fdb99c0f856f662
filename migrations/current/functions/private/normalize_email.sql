-- An e-mail address, trimmed and otherwise as given: one @, a local part of at most 64 bytes without quotes or spaces,
-- a domain of at least two labels, international ones too. Null for anything else.
create or replace function cloakroom_private.normalize_email(value text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_email text := regexp_replace(value, '^[ \t\r\n\u00a0]+|[ \t\r\n\u00a0]+$', '', 'g');
  v_local text := split_part(v_email, '@', 1);
  v_domain text := substr(v_email, char_length(v_local) + 2);
begin
  if octet_length(v_email) <= 254 and octet_length(v_local) <= 64
    and v_local !~ '[\u0001-\u0020"(),:;<>@[\\\]\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]'
    and v_local !~ '^$|^\.|\.\.|\.$'
    and cloakroom_private.is_host_name(v_domain) and v_domain ~ '\.[^.]{2,}$' and v_domain !~ '\.[0-9]+$' then
    return v_email;
  end if;
  return null;
end $$;
