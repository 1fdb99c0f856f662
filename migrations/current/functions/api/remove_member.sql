-- Removes a member: ADMIN, OWNER for an OWNER, anyone for themselves; the last OWNER stays. Audited before the deletion,
-- after which one who removed themselves could no longer write to the log.
create or replace function cloakroom_api.remove_member(member_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_member cloakroom.members;
begin
  v_member := cloakroom_private.locked_member(remove_member.member_id);
  perform cloakroom_private.require_role(v_member.organization_id, case
    when v_member.user_id = cloakroom_private.caller_id() then 'VIEWER'
    when v_member.role = 'OWNER' then 'OWNER'
    else 'ADMIN' end);
  perform cloakroom_private.keep_an_owner(v_member);
  perform cloakroom_private.append_audit_event(
    v_member.organization_id, 'MEMBER_REMOVED', 'member', v_member.id, null,
    jsonb_build_object('role', v_member.role));
  delete from cloakroom.members m where m.id = v_member.id;
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
