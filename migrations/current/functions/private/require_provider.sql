-- The name of the provider that a key is stored for. CR422 at `field` for what is no name, with the one that the key's
-- shape suggests, and for a known provider whose keys do not look like this one. A name of one's own takes any key.
create or replace function cloakroom_private.require_provider(provider text, api_key text, field text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_shape record := cloakroom_private.key_shape(api_key);
  v_suggestion text := format('This looks like %s: its provider is %s.', v_shape.looks_like, v_shape.provider);
begin
  if provider is null or provider !~ '^[a-z0-9][a-z0-9._-]{0,62}$' then
    perform cloakroom_private.refuse_input(field, concat_ws(' ',
      'This must be 1 to 63 lower-case letters, digits, hyphens, dots and underscores.',
      case when v_shape.provider is not null then v_suggestion end));
  elsif cloakroom_private.known_provider(provider) <> v_shape.provider then
    perform cloakroom_private.refuse_input(field, v_suggestion);
  end if;
  return provider;
end $$;
