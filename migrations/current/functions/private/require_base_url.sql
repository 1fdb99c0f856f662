-- An absolute http or https URL without credentials, or null; CR422 for anything else.
create or replace function cloakroom_private.require_base_url(base_url text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if base_url is not null and (
    length(base_url) > 2000 or not cloakroom_private.is_web_address(base_url) or base_url ~ '^[^/]*//[^/?#\\]*@'
  ) then
    perform cloakroom_private.refuse_input(
      'input.baseUrl', 'This must be an absolute http or https URL without credentials.');
  end if;
  return base_url;
end $$;
