-- The plaintext of a vault secret; CR500 where there is none, as after shredding.
create or replace function cloakroom_private.read_secret(secret_id uuid) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_secret text;
begin
  select s.decrypted_secret into v_secret from vault.decrypted_secrets s where s.id = read_secret.secret_id;
  if v_secret is null then
    raise exception 'A sealed value cannot be opened.' using errcode = 'CR500';
  end if;
  return v_secret;
end $$;
