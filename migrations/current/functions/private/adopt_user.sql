-- The profile of somebody who signed up with Supabase Auth, who vouches for the phone (digits alone in its tokens). One
-- that is no number, or that somebody here has already, is left out: it stays theirs.
create or replace function cloakroom_private.adopt_user(user_id uuid, phone text) returns cloakroom.users
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_phone text := cloakroom_private.normalize_phone('+' || ltrim(adopt_user.phone, '+'));
  v_phone_hash bytea := cloakroom_private.lookup_hash('phone', v_phone);
begin
  if v_phone is not null then
    perform cloakroom_private.take_turns(v_phone_hash);
    if cloakroom_private.is_phone_taken(v_phone_hash) then
      v_phone := null;
      v_phone_hash := null;
    end if;
  end if;
  -- The key of one who was deleted under this id: what was sealed under it went with them.
  perform cloakroom_private.delete_secret(s.id) from vault.secrets s where s.name = 'user:' || adopt_user.user_id;
  return cloakroom_private.make_user(adopt_user.user_id, v_phone, v_phone_hash, null);
end $$;
