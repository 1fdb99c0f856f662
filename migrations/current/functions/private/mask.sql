-- How a value looks while it is masked; src/services/crypto/masks.ts says the same in TypeScript, and a test compares
-- the two. FULL, LAST4, EMAIL or PHONE; whatever does not fit its style is masked FULL. Masking a mask changes nothing.
create or replace function cloakroom_private.mask(value text, style text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_bullets constant text := '••••••••';
  -- What may not stand in a domain: controls, spaces of any script, invisible marks, and another @.
  v_label constant text :=
    '[^@.\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]+';
  -- Country calling codes as the ITU assigns them: no code is the beginning of another.
  v_calling_code constant text := '(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689][0-9]|3[578][0-9]'
    || '|42[0-9]|5[09][0-9]|6[7-9][0-9]|8[0357-9][0-9]|9[679][0-9])';
begin
  if value is null then
    return null;
  elsif style = 'LAST4' and char_length(value) >= 12 then
    return v_bullets || right(value, 4);
  elsif style = 'EMAIL' and value ~ format('^[^@]+@(%s\.)+%1$s$', v_label) then
    return left(value, 1) || v_bullets || substr(value, strpos(value, '@'));
  elsif style = 'PHONE' and value ~ ('^\+' || v_calling_code || v_bullets || '[0-9]{2}$') then
    return value;
  elsif style = 'PHONE' and value ~ '^\+[1-9][0-9]{6,14}$' then
    return '+' || substring(value from '^\+' || v_calling_code) || v_bullets || right(value, 2);
  end if;
  return v_bullets;
end $$;
