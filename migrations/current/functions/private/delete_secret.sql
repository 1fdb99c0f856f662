-- Removes a secret from the vault; false where there was none.
create or replace function cloakroom_private.delete_secret(secret_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from vault.secrets s where s.id = delete_secret.secret_id;
  return found;
end $$;
