-- A chat handle in the one form by which it is found, and how it is shown. A phone's form and hash are those of
-- users.phone_hash, so that people who sign up later find their conversations.
create or replace function cloakroom_private.read_handle(
  value text, out normalized text, out hash bytea, out shown text
)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_value text := btrim(value, E' \t\n\r');
begin
  normalized := cloakroom_private.normalize_phone(v_value);
  if normalized is not null then
    hash := cloakroom_private.lookup_hash('phone', normalized);
    shown := cloakroom_private.mask(normalized, 'PHONE');
  elsif cloakroom_private.normalize_email(v_value) is not null then
    normalized := lower(v_value);
    hash := cloakroom_private.lookup_hash('email', normalized);
    shown := cloakroom_private.mask(normalized, 'EMAIL');
  else
    normalized := v_value;
    hash := cloakroom_private.lookup_hash('handle', normalized);
    shown := cloakroom_private.mask(normalized, 'FULL');
  end if;
end $$;
