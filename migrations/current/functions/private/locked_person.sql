-- The caller as a user, locked until the end of the transaction: what is known of a person changes one call at a time,
-- and not while the account is being deleted. CR401 without a live session.
create or replace function cloakroom_private.locked_person() returns cloakroom.users
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_user_id uuid := cloakroom_private.require_caller();
  v_user cloakroom.users;
begin
  select * into v_user from cloakroom.users u where u.id = v_user_id for no key update;
  -- The account may have been deleted while this call waited.
  if not found then
    raise exception 'Sign in first.' using errcode = 'CR401';
  end if;
  return v_user;
end $$;
