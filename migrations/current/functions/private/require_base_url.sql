-- An absolute http or https URL without credentials and fragment, below which requests are made, or null; CR422 for
-- anything else. It may have a query: Azure's has. One that names the request itself would have it named twice.
create or replace function cloakroom_private.require_base_url(base_url text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_request text;
begin
  if base_url is not null and (
    length(base_url) > 2000 or not cloakroom_private.is_web_address(base_url) or base_url ~ '^[^/]*//[^/?#\\]*@'
  ) then
    perform cloakroom_private.refuse_input(
      'input.baseUrl', 'This must be an absolute http or https URL without credentials.');
  elsif base_url like '%#%' then
    perform cloakroom_private.refuse_input('input.baseUrl', 'This must not have a fragment: leave out # and what follows.');
  end if;
  v_request := lower(substring(base_url from '(?i)^[^/]*//[^/?]+(?:/[^?]*)?(/chat/completions|/messages)/*(?:\?|$)'));
  if v_request is not null then
    perform cloakroom_private.refuse_input('input.baseUrl', format('Give the address without %s.', v_request));
  end if;
  return base_url;
end $$;
