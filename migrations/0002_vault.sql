-- Where secrets live. A Supabase project has its Vault; elsewhere a table of the same columns stands in for it, whose
-- functions and view are in current/vault.sql. What is granted on the real Vault is what Supabase itself grants to
-- `postgres`, and no more.

do $$
begin
  if to_regclass('vault.secrets') is null
    and exists (select from pg_available_extensions e where e.name = 'supabase_vault') then
    create extension supabase_vault cascade;
  end if;
  if not exists (select from pg_extension e where e.extname = 'supabase_vault') then
    return;
  end if;
  grant usage on schema vault to cloakroom_owner;
  grant select, delete on vault.secrets, vault.decrypted_secrets to cloakroom_owner;
  grant execute on function
    vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid) to cloakroom_owner;
  -- The view calls it with the rights of whoever reads the view.
  if to_regproc('vault._crypto_aead_det_decrypt') is not null then
    grant execute on function vault._crypto_aead_det_decrypt to cloakroom_owner;
  end if;
end $$;

do $$
begin
  if exists (select from pg_extension e where e.extname = 'supabase_vault') then
    return;
  end if;
  create schema if not exists vault authorization cloakroom_owner;
  set local role cloakroom_owner;
  create table vault.secrets (
    id uuid primary key default gen_random_uuid(),
    name text,
    description text not null default '',
    secret text not null, -- a Fernet token under the root key's key for this id
    key_id uuid not null, -- fingerprint of that root key
    nonce bytea, -- as on Supabase; the token carries its own
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create unique index secrets_name_idx on vault.secrets (name) where name is not null;
  revoke all on schema vault from public;
  revoke all on vault.secrets from public;
  reset role;
end $$;
