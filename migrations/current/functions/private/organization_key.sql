-- The organization's data key, 32 bytes. CR404 where it is not the caller's organization or was destroyed.
create or replace function cloakroom_private.organization_key(organization_id uuid) returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_secret uuid;
begin
  select o.data_key_id into v_secret from cloakroom.organizations o where o.id = organization_key.organization_id;
  if v_secret is null then
    perform cloakroom_private.not_found();
  end if;
  return cloakroom_private.data_key(v_secret);
end $$;
