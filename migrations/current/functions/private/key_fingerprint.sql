-- The keyed hash by which an organization's key is recognised. Equal keys of two organizations have different ones.
create or replace function cloakroom_private.key_fingerprint(organization_id uuid, api_key text) returns bytea
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  return cloakroom_private.lookup_hash('provider_key', organization_id || ':' || api_key);
end $$;
