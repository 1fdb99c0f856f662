-- Gives a member another role: ADMIN below OWNER, OWNER to make or unmake an OWNER; the last OWNER stays one. Audited.
create or replace function cloakroom_api.update_member(member_id uuid, role text) returns cloakroom_api.member
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_member cloakroom.members;
  v_previous_role text;
begin
  v_member := cloakroom_private.locked_member(update_member.member_id);
  v_previous_role := v_member.role;
  perform cloakroom_private.require_role(
    v_member.organization_id, case when 'OWNER' in (v_member.role, update_member.role) then 'OWNER' else 'ADMIN' end);
  perform cloakroom_private.require_member_role(update_member.role);
  if update_member.role <> 'OWNER' then
    perform cloakroom_private.keep_an_owner(v_member);
  end if;
  update cloakroom.members m set role = update_member.role where m.id = v_member.id returning * into v_member;
  perform cloakroom_private.append_audit_event(
    v_member.organization_id, 'MEMBER_UPDATED', 'member', v_member.id, null,
    jsonb_build_object('role', v_member.role, 'previousRole', v_previous_role));
  return cloakroom_private.member_row(v_member);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
