-- Those of the caller's conversations in which no other user takes part. Owned by cloakroom_guard.
create or replace function cloakroom_private.conversations_of_caller_alone() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_own bytea := cloakroom_private.caller_phone_hash();
begin
  return array(
    select own.conversation_id from cloakroom.participants own
    where own.handle_hash = v_own and not exists (
      select from cloakroom.participants p join cloakroom.users u on u.phone_hash = p.handle_hash
      where p.conversation_id = own.conversation_id and p.handle_hash <> v_own));
end $$;
