-- Takes leave of every organization of the caller, on record in each; the memberships themselves go with the account.
-- Those in which nobody else is are deleted with their keys. CR403 where others would be left without an owner. Locked in
-- one order, before anything is decided.
create or replace function cloakroom_private.leave_organizations(user_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_member cloakroom.members;
begin
  for v_member in
    select * from cloakroom.members m where m.user_id = leave_organizations.user_id order by m.organization_id
  loop
    perform cloakroom_private.lock_left_organization(v_member);
  end loop;
  for v_member in
    select * from cloakroom.members m where m.user_id = leave_organizations.user_id order by m.organization_id
  loop
    if cloakroom_private.has_other_members(v_member) then
      perform cloakroom_private.refuse_leaving_ownerless(v_member);
      perform cloakroom_private.append_audit_event(v_member.organization_id, 'MEMBER_REMOVED', 'member', v_member.id, null,
        jsonb_build_object('role', v_member.role));
    else
      -- Once more, and for nothing, unless the others left while this waited.
      perform cloakroom_private.shred_organization(cloakroom_private.lock_left_organization(v_member));
    end if;
  end loop;
end $$;
