-- Deletes the caller: sessions, traits, onboarding, memberships, and the data key under which all else of theirs is
-- sealed. Organizations in which nobody else is are deleted with their keys; CR403 while others would be left without an
-- owner. Conversations go where no other user takes part; in the others their number does. Audit events keep the id
-- alone. One transaction: it has all happened or nothing has. Who signs in anew meanwhile waits, and is somebody new.
-- Invitations of their phone stay: they are bound by no more than reading, and so not here.
create or replace function cloakroom_api.delete_account() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user cloakroom.users;
begin
  -- First, as a sign-in does.
  perform cloakroom_private.take_turns(cloakroom_private.caller_phone_hash());
  perform from cloakroom.sessions s where s.user_id = cloakroom_private.caller_id() order by s.id for update;
  -- For good: whoever is about to point to this user, as a founder does, waits, and then finds nobody.
  select * into v_user from cloakroom.users u where u.id = cloakroom_private.caller_id() for update;
  if not found then
    raise exception 'Sign in first.' using errcode = 'CR401';
  end if;
  perform cloakroom_private.require_recent_code();
  perform cloakroom_private.leave_organizations(v_user.id);
  perform cloakroom_private.leave_conversations();
  perform cloakroom_private.delete_secret(v_user.data_key_id);
  delete from cloakroom.users u where u.id = v_user.id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
