-- Names the root key in force without telling anything of it: the first 16 bytes of a hash under it.
create or replace function cloakroom_private.vault_key_fingerprint() returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_hash bytea := extensions.hmac('vault-key-fingerprint'::bytea, cloakroom_private.root_key(), 'sha256');
begin
  return encode(substr(v_hash, 1, 16), 'hex')::uuid;
end $$;
