-- The user of a phone, made where it has none; one without a name takes the name given. Call it after take_turns for the
-- phone: then a phone never has two users.
create or replace function cloakroom_private.find_or_make_user(phone text, phone_hash bytea, name text)
returns cloakroom.users
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_user cloakroom.users;
begin
  select * into v_user from cloakroom.users u where u.phone_hash = find_or_make_user.phone_hash;
  if not found then
    return cloakroom_private.make_user(
      gen_random_uuid(), find_or_make_user.phone, find_or_make_user.phone_hash, find_or_make_user.name);
  end if;
  if v_user.name is null and find_or_make_user.name is not null then
    v_user.name := find_or_make_user.name;
    update cloakroom.users u set name = v_user.name where u.id = v_user.id;
  end if;
  return v_user;
end $$;
