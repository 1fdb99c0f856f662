-- The conversations in which the caller's phone takes part. Owned by cloakroom_guard.
create or replace function cloakroom_private.caller_conversations() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select p.conversation_id from cloakroom.participants p
    where p.handle_hash = (select cloakroom_private.caller_phone_hash()));
end $$;
