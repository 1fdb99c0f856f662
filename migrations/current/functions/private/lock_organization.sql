-- One change at a time to who may do what in an organization, and none while it is being deleted; CR404 where it is not
-- the caller's (any more). Ask for roles after this: what they were before may have changed while waiting.
create or replace function cloakroom_private.lock_organization(organization_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from cloakroom.organizations o where o.id = lock_organization.organization_id for no key update;
  if not found then
    perform cloakroom_private.not_found();
  end if;
end $$;
