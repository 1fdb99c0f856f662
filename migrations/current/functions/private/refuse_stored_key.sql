-- CR409 for a key that the organization has already, under whichever provider. Whoever stores one holds the
-- organization's lock: two of the same do not come at once.
create or replace function cloakroom_private.refuse_stored_key(organization_id uuid, api_key text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_fingerprint bytea := cloakroom_private.key_fingerprint(refuse_stored_key.organization_id, api_key);
  v_key cloakroom.provider_keys;
begin
  perform cloakroom_private.fingerprint_old_keys(refuse_stored_key.organization_id);
  select * into v_key from cloakroom.provider_keys k
  where k.organization_id = refuse_stored_key.organization_id and k.fingerprint = v_fingerprint
  order by k.created_at desc limit 1;
  if found then
    raise exception '%', 'The organization has this key already' || case
      when v_key.quarantined_at is not null then ', in quarantine.'
      when v_key.is_active then '.' else ', deactivated: activate it.' end using errcode = 'CR409';
  end if;
end $$;
