-- Makes an organization with the caller as its OWNER. Audited.
create or replace function cloakroom_api.create_organization(name text) returns cloakroom_api.organization
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user_id uuid;
  v_name text;
  v_user cloakroom.users;
  v_phone text;
  v_organization cloakroom.organizations;
begin
  v_user_id := cloakroom_private.require_caller();
  v_name := cloakroom_private.require_text(create_organization.name, 200, 'input.name');
  select * into v_user from cloakroom.users u where u.id = v_user_id for key share;
  -- The session may end between the two: then policies show nobody.
  if not found then
    raise exception 'Sign in first.' using errcode = 'CR401';
  end if;
  v_phone := cloakroom_private.unseal(
    v_user.phone_sealed, cloakroom_private.data_key(v_user.data_key_id), 'user:' || v_user_id || ':phone');
  v_organization := cloakroom_private.found_organization(v_name, v_user, v_phone);
  perform cloakroom_private.append_audit_event(
    v_organization.id, 'ORGANIZATION_CREATED', 'organization', v_organization.id);
  return row(v_organization.id, v_name, 'OWNER', v_organization.created_at)::cloakroom_api.organization;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
