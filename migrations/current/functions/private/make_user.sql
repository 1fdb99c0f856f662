-- Makes a user with a data key, under which the phone is sealed where there is one, and the organization "Personal". Call
-- it after take_turns for the phone: then a phone never has two users.
create or replace function cloakroom_private.make_user(id uuid, phone text, phone_hash bytea, name text)
returns cloakroom.users
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_user cloakroom.users;
begin
  v_user.id := make_user.id;
  v_user.name := make_user.name;
  v_user.phone_hash := make_user.phone_hash;
  v_user.phone_mask := cloakroom_private.mask(make_user.phone, 'PHONE');
  v_user.data_key_id := cloakroom_private.create_data_key('user:' || v_user.id);
  v_user.phone_sealed := cloakroom_private.seal(
    make_user.phone, cloakroom_private.data_key(v_user.data_key_id), 'user:' || v_user.id || ':phone');
  v_user.created_at := now();
  insert into cloakroom.users values (v_user.*);
  perform cloakroom_private.found_organization('Personal', v_user, make_user.phone);
  return v_user;
end $$;
