-- Deletes an organization with all that is in it, and destroys its data key, its provider keys, tokens and webhook secrets
-- in the vault. OWNER. Its audit events stay. Who adds to it meanwhile waits, and then finds it gone.
create or replace function cloakroom_api.delete_organization(organization_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_organization cloakroom.organizations;
begin
  perform cloakroom_private.require_caller();
  perform pg_advisory_xact_lock(cloakroom_private.membership_lock(delete_organization.organization_id));
  select * into v_organization from cloakroom.organizations o
  where o.id = delete_organization.organization_id for update;
  perform cloakroom_private.require_role(delete_organization.organization_id, 'OWNER');
  perform cloakroom_private.shred_organization(v_organization);
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
