-- Deletes an organization with all that is in it, and destroys its data key, its provider keys and its tokens in the vault. OWNER.
-- Its audit events stay. Who adds to it meanwhile waits, and then finds it gone. What others may have locked goes before
-- the audit event, as everywhere: two calls never wait for each other.
create or replace function cloakroom_api.delete_organization(organization_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_organization cloakroom.organizations;
begin
  perform cloakroom_private.require_caller();
  perform pg_advisory_xact_lock(cloakroom_private.membership_lock(delete_organization.organization_id));
  select * into v_organization from cloakroom.organizations o
  where o.id = delete_organization.organization_id for update;
  perform cloakroom_private.require_role(delete_organization.organization_id, 'OWNER');
  -- Whoever changes a table's columns or many of its rows has this lock before theirs.
  perform pg_advisory_xact_lock(cloakroom_private.rows_lock(t.id))
  from cloakroom.tables t where t.organization_id = v_organization.id;
  delete from cloakroom.tables t where t.organization_id = v_organization.id;
  -- Two statements: what one selects is computed before its rows are locked.
  perform from cloakroom.provider_keys k where k.organization_id = v_organization.id for update;
  perform cloakroom_private.delete_secret(k.secret_id)
  from cloakroom.provider_keys k where k.organization_id = v_organization.id;
  perform from cloakroom.integrations i where i.organization_id = v_organization.id for update;
  perform cloakroom_private.delete_secret(i.access_secret_id), cloakroom_private.delete_secret(i.refresh_secret_id)
  from cloakroom.integrations i where i.organization_id = v_organization.id;
  perform from cloakroom.webhook_endpoints e where e.organization_id = v_organization.id for update;
  perform cloakroom_private.delete_secret(e.secret_id), cloakroom_private.delete_secret(e.previous_secret_id)
  from cloakroom.webhook_endpoints e where e.organization_id = v_organization.id;
  perform from cloakroom.members m where m.organization_id = v_organization.id for update;
  perform cloakroom_private.append_audit_event(
    v_organization.id, 'ORGANIZATION_DELETED', 'organization', v_organization.id);
  perform cloakroom_private.delete_secret(v_organization.data_key_id);
  delete from cloakroom.organizations o where o.id = v_organization.id;
  return true;
end $$;
