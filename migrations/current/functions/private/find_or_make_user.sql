-- The user of a phone. One who is new gets a data key, under which the phone is sealed, and the organization "Personal";
-- one without a name takes the name given. Call it after take_turns for the phone: then a phone never has two users.
create or replace function cloakroom_private.find_or_make_user(phone text, phone_hash bytea, name text)
returns cloakroom.users
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_user cloakroom.users;
begin
  select * into v_user from cloakroom.users u where u.phone_hash = find_or_make_user.phone_hash;
  if found then
    if v_user.name is null and find_or_make_user.name is not null then
      v_user.name := find_or_make_user.name;
      update cloakroom.users u set name = v_user.name where u.id = v_user.id;
    end if;
    return v_user;
  end if;
  v_user.id := gen_random_uuid();
  v_user.name := find_or_make_user.name;
  v_user.phone_hash := find_or_make_user.phone_hash;
  v_user.phone_mask := cloakroom_private.mask(find_or_make_user.phone, 'PHONE');
  v_user.data_key_id := cloakroom_private.create_data_key('user:' || v_user.id);
  v_user.phone_sealed := cloakroom_private.seal(
    find_or_make_user.phone, cloakroom_private.data_key(v_user.data_key_id), 'user:' || v_user.id || ':phone');
  v_user.created_at := now();
  insert into cloakroom.users values (v_user.*);
  perform cloakroom_private.found_organization('Personal', v_user, find_or_make_user.phone);
  return v_user;
end $$;
