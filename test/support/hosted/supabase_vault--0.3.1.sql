-- Supabase Vault 0.3.1 as seen from SQL: its table, view, signatures, owners, grants and its flaw, that create_secret
-- inserts the plaintext before it updates it sealed. The real one seals in C, with a key that the database cannot read;
-- here pgcrypto does, with a constant one.

create function vault._crypto_aead_det_noncegen() returns bytea language plpgsql immutable as $$
begin
  return extensions.gen_random_bytes(32);
end $$;

create function vault._crypto_aead_det_encrypt(
  message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea language plpgsql immutable as $$
declare
  v_key bytea := extensions.hmac(context || int8send(key_id), 'the key of a test project', 'sha256');
  v_tag bytea := substring(extensions.hmac(additional || coalesce(nonce, '') || message, v_key, 'sha256') for 16);
begin
  return v_tag || extensions.encrypt_iv(message, v_key, v_tag, 'aes-cbc/pad:pkcs');
end $$;

create function vault._crypto_aead_det_decrypt(
  message bytea, additional bytea, key_id bigint, context bytea default 'pgsodium', nonce bytea default null
) returns bytea language plpgsql immutable as $$
declare
  v_key bytea := extensions.hmac(context || int8send(key_id), 'the key of a test project', 'sha256');
  v_tag bytea := substring(message for 16);
  v_message bytea := extensions.decrypt_iv(substring(message from 17), v_key, v_tag, 'aes-cbc/pad:pkcs');
begin
  if v_tag <> substring(extensions.hmac(additional || coalesce(nonce, '') || v_message, v_key, 'sha256') for 16) then
    raise exception 'pgsodium_crypto_aead_det_decrypt_by_id: invalid ciphertext' using errcode = '22000';
  end if;
  return v_message;
end $$;

create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default vault._crypto_aead_det_noncegen(),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
create unique index secrets_name_idx on vault.secrets (name) where name is not null;
select pg_extension_config_dump('vault.secrets', '');

create view vault.decrypted_secrets as
select s.id, s.name, s.description, s.secret,
  convert_from(
    vault._crypto_aead_det_decrypt(decode(s.secret, 'base64'), convert_to(s.id::text, 'utf8'), 0, 'pgsodium', s.nonce),
    'utf8'::name) as decrypted_secret, -- collation "C", that of name
  s.key_id, s.nonce, s.created_at, s.updated_at
from vault.secrets s;

create function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid language plpgsql security definer set search_path = '' as $$
declare
  v_secret vault.secrets;
begin
  insert into vault.secrets (secret, name, description) values (new_secret, new_name, new_description)
  returning * into v_secret;
  update vault.secrets s set secret = encode(vault._crypto_aead_det_encrypt(
    convert_to(v_secret.secret, 'utf8'), convert_to(s.id::text, 'utf8'), 0, 'pgsodium', v_secret.nonce), 'base64')
  where s.id = v_secret.id;
  return v_secret.id;
end $$;

create function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
  new_key_id uuid default null
) returns void language plpgsql security definer set search_path = '' as $$
begin
  update vault.secrets s set
    secret = case when new_secret is null then s.secret else encode(vault._crypto_aead_det_encrypt(
      convert_to(new_secret, 'utf8'), convert_to(s.id::text, 'utf8'), 0, 'pgsodium', s.nonce), 'base64') end,
    name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description),
    updated_at = now()
  where s.id = secret_id;
end $$;

revoke all on all functions in schema vault from public;
grant usage on schema vault to postgres with grant option;
grant select, delete, references, truncate on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant execute on function vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt
  to postgres with grant option;
grant usage on schema vault to service_role;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt to service_role;
