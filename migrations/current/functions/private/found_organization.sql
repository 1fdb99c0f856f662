-- Makes an organization with a data key of its own and the user as its OWNER, whose phone is sealed under that key.
create or replace function cloakroom_private.found_organization(name text, founder cloakroom.users, phone text)
returns cloakroom.organizations
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_organization cloakroom.organizations;
  v_member_id uuid := gen_random_uuid();
begin
  v_organization.id := gen_random_uuid();
  v_organization.name := found_organization.name;
  v_organization.data_key_id := cloakroom_private.create_data_key('organization:' || v_organization.id);
  v_organization.created_at := clock_timestamp();
  insert into cloakroom.organizations values (v_organization.*);
  insert into cloakroom.members (
    id, organization_id, user_id, phone_hash, phone_sealed, phone_mask, role, joined_at
  ) values (
    v_member_id, v_organization.id, founder.id, founder.phone_hash,
    cloakroom_private.seal(
      phone, cloakroom_private.data_key(v_organization.data_key_id), 'member:' || v_member_id || ':phone'),
    founder.phone_mask, 'OWNER', now());
  return v_organization;
end $$;
