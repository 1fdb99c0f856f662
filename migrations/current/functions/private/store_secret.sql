-- Puts a secret into the vault and returns its id. Supabase Vault's create_secret inserts the plaintext and encrypts it
-- afterwards, which leaves it in heap and WAL: there a placeholder is created, and the secret comes with the update.
create or replace function cloakroom_private.store_secret(secret text, name text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid;
begin
  if secret is null then
    raise exception 'There is no secret to store.' using errcode = 'CR500';
  end if;
  if not exists (select from pg_extension e where e.extname = 'supabase_vault') then
    v_id := vault.create_secret(secret, name);
    return v_id;
  end if;
  v_id := vault.create_secret('pending', name);
  perform vault.update_secret(v_id, secret);
  return v_id;
end $$;
