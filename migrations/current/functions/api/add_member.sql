-- Adds a member by phone: ADMIN, and OWNER to make an OWNER. CR409 for one who is a member already. Known and unknown
-- phones are answered alike: the row waits without a user until that person's next request. Audited.
create or replace function cloakroom_api.add_member(organization_id uuid, phone text, role text default 'MEMBER')
returns cloakroom_api.member
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_phone text;
  v_member cloakroom.members;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.lock_organization(add_member.organization_id);
  perform cloakroom_private.require_role(
    add_member.organization_id, case when add_member.role = 'OWNER' then 'OWNER' else 'ADMIN' end);
  perform cloakroom_private.require_member_role(add_member.role);
  v_phone := cloakroom_private.require_phone(add_member.phone);
  v_member.id := gen_random_uuid();
  v_member.organization_id := add_member.organization_id;
  v_member.phone_hash := cloakroom_private.lookup_hash('phone', v_phone);
  v_member.phone_sealed := cloakroom_private.seal(
    v_phone, cloakroom_private.organization_key(add_member.organization_id), 'member:' || v_member.id || ':phone');
  v_member.phone_mask := cloakroom_private.mask(v_phone, 'PHONE');
  v_member.role := add_member.role;
  insert into cloakroom.members (id, organization_id, phone_hash, phone_sealed, phone_mask, role, created_at) values (
    v_member.id, v_member.organization_id, v_member.phone_hash, v_member.phone_sealed, v_member.phone_mask,
    v_member.role, clock_timestamp())
  on conflict do nothing;
  if not found then
    raise exception 'This phone is a member already.' using errcode = 'CR409', detail = 'input.phone';
  end if;
  perform cloakroom_private.append_audit_event(
    v_member.organization_id, 'MEMBER_ADDED', 'member', v_member.id, null,
    jsonb_build_object('role', v_member.role));
  return cloakroom_private.member_row(v_member);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
