-- Gives a fingerprint to those keys of an organization that were stored before there were any. They are opened for it
-- this once, and nothing of them leaves.
create or replace function cloakroom_private.fingerprint_old_keys(organization_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key cloakroom.provider_keys;
begin
  for v_key in
    select * from cloakroom.provider_keys k
    where k.organization_id = fingerprint_old_keys.organization_id and k.fingerprint is null
    order by k.created_at, k.id for no key update
  loop
    update cloakroom.provider_keys k set fingerprint = cloakroom_private.key_fingerprint(k.organization_id,
      (select s.decrypted_secret from vault.decrypted_secrets s where s.id = v_key.secret_id))
    where k.id = v_key.id;
  end loop;
end $$;
