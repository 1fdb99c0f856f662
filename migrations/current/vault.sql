-- The functions and the view of the Vault stand-in, under the signatures of Supabase Vault. A secret is sealed before
-- the insert, so that no plaintext reaches heap or WAL. Does nothing where the real extension is installed.

do $vault$
begin
  if exists (select from pg_extension e where e.extname = 'supabase_vault') then
    return;
  end if;

  create or replace function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
  ) returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  declare
    v_id uuid := gen_random_uuid();
    v_root_key bytea := cloakroom_private.root_key();
    v_key_id uuid := cloakroom_private.vault_key_fingerprint();
    v_token text := cloakroom_private.seal(new_secret, v_root_key, 'vault:' || v_id);
    v_first_key_id uuid;
  begin
    -- The lookup key is the vault's first secret: without this, a server started under a wrong root key would add
    -- secrets of its own to a vault that it cannot read.
    select s.key_id into v_first_key_id from vault.secrets s where s.name = 'cloakroom_lookup_key';
    perform cloakroom_private.require_vault_key(coalesce(v_first_key_id, v_key_id));
    insert into vault.secrets (id, name, description, secret, key_id)
    values (v_id, new_name, new_description, v_token, v_key_id);
    return v_id;
  end $$;

  create or replace function vault.update_secret(
    secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
    new_key_id uuid default null
  ) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  declare
    v_root_key bytea := cloakroom_private.root_key();
    v_token text := cloakroom_private.seal(new_secret, v_root_key, 'vault:' || secret_id);
    v_key_id uuid := cloakroom_private.vault_key_fingerprint();
  begin
    update vault.secrets s set
      secret = coalesce(v_token, s.secret),
      key_id = case when v_token is null then s.key_id else v_key_id end,
      name = coalesce(new_name, s.name),
      description = coalesce(new_description, s.description),
      updated_at = now()
    where s.id = update_secret.secret_id;
  end $$;

  create or replace view vault.decrypted_secrets as
  select s.id, s.name, s.description, s.secret,
    cloakroom_private.open_vault_secret(s.id, s.secret, s.key_id) collate "C" as decrypted_secret,
    s.key_id, s.nonce, s.created_at, s.updated_at
  from vault.secrets s;

  alter function vault.create_secret(text, text, text, uuid) owner to cloakroom_owner;
  alter function vault.update_secret(uuid, text, text, text, uuid) owner to cloakroom_owner;
  alter view vault.decrypted_secrets owner to cloakroom_owner;
  revoke all on schema vault from public;
  revoke all on all tables in schema vault from public;
  revoke all on all functions in schema vault from public;
end $vault$;
