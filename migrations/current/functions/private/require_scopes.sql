-- OAuth scopes, each once and in the order given, null for null; CR422 for more than 100 or
-- for what can be none (RFC 6749, 3.3).
create or replace function cloakroom_private.require_scopes(scopes text[]) returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(scopes) > 100 then
    perform cloakroom_private.refuse_input('input.scopes', 'At most 100 scopes.');
  elsif exists (select from unnest(scopes) s where s is null or s !~ '^[\u0021\u0023-\u005b\u005d-\u007e]{1,200}$') then
    perform cloakroom_private.refuse_input(
      'input.scopes', 'Each scope must be 1 to 200 visible ASCII characters other than quotes and backslashes.');
  end if;
  return case when scopes is not null
    then array(select s from unnest(scopes) with ordinality as u(s, place) group by s order by min(place)) end;
end $$;
