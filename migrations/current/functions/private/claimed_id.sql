-- A claim that should be an id; null where it is missing or none, as in tokens of issuers that count their users otherwise.
create or replace function cloakroom_private.claimed_id(name text) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_claim text := cloakroom_private.claim(claimed_id.name);
begin
  return case when v_claim ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then v_claim::uuid end;
end $$;
