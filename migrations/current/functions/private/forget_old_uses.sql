-- Deletes a few of an organization's uses that are over a month old: the audit log has them for good.
create or replace function cloakroom_private.forget_old_uses(organization_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from cloakroom.provider_key_uses u where u.id in (
    select o.id from cloakroom.provider_key_uses o
    where o.organization_id = forget_old_uses.organization_id and o.begun_at < now() - interval '31 days'
    order by o.begun_at limit 100 for update skip locked);
end $$;
