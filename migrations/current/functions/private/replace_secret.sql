-- Puts another secret in the place of one in the vault, or a first one where `secret_id` is null; the id of either.
create or replace function cloakroom_private.replace_secret(secret_id uuid, secret text, name text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if secret_id is null then
    return cloakroom_private.store_secret(secret, name);
  end if;
  perform vault.update_secret(secret_id, secret);
  return secret_id;
end $$;
