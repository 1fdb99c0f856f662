-- The end of an organization's chain, locked, so that appends take turns; made where there is none yet.
create or replace function cloakroom_private.locked_audit_head(organization_id uuid) returns cloakroom.audit_heads
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_head cloakroom.audit_heads;
begin
  select h.* into v_head from cloakroom.audit_heads h
  where h.organization_id = locked_audit_head.organization_id for update;
  if not found then
    insert into cloakroom.audit_heads values (locked_audit_head.organization_id, 0, repeat('0', 64)) on conflict do nothing;
    select h.* into v_head from cloakroom.audit_heads h
    where h.organization_id = locked_audit_head.organization_id for update;
  end if;
  return v_head;
end $$;
