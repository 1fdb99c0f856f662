-- Deletes an organization that the caller has locked, membership lock first, with all that is in it, and destroys its keys.
-- What others may have locked goes before the audit event, as everywhere: two calls never wait for each other.
create or replace function cloakroom_private.shred_organization(organization cloakroom.organizations) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Whoever changes a table's columns or many of its rows has this lock before theirs.
  perform pg_advisory_xact_lock(cloakroom_private.rows_lock(t.id))
  from cloakroom.tables t where t.organization_id = organization.id;
  delete from cloakroom.tables t where t.organization_id = organization.id;
  -- Two statements: what one selects is computed before its rows are locked.
  perform from cloakroom.provider_keys k where k.organization_id = organization.id for update;
  perform cloakroom_private.delete_secret(k.secret_id)
  from cloakroom.provider_keys k where k.organization_id = organization.id;
  perform from cloakroom.integrations i where i.organization_id = organization.id for update;
  perform cloakroom_private.delete_secret(i.access_secret_id), cloakroom_private.delete_secret(i.refresh_secret_id)
  from cloakroom.integrations i where i.organization_id = organization.id;
  perform from cloakroom.webhook_endpoints e where e.organization_id = organization.id for update;
  perform cloakroom_private.delete_secret(e.secret_id), cloakroom_private.delete_secret(e.previous_secret_id)
  from cloakroom.webhook_endpoints e where e.organization_id = organization.id;
  -- In the order of whoever ends a use. Left to the foreign keys, it would be that of their names after a restore.
  delete from cloakroom.provider_key_uses u where u.organization_id = organization.id;
  delete from cloakroom.provider_key_tokens t where t.organization_id = organization.id;
  perform from cloakroom.members m where m.organization_id = organization.id for update;
  perform cloakroom_private.append_audit_event(
    organization.id, 'ORGANIZATION_DELETED', 'organization', organization.id);
  perform cloakroom_private.delete_secret(organization.data_key_id);
  delete from cloakroom.organizations o where o.id = organization.id;
  -- The session may have ended in mid-call: policies show nothing then, and the keys must not be gone by themselves.
  if not found then
    perform cloakroom_private.not_found();
  end if;
end $$;
