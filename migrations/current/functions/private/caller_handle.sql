-- The caller's phone as it stands among a conversation's participants, opened; null where it does not.
create or replace function cloakroom_private.caller_handle(conversation_id uuid, data_key bytea) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select cloakroom_private.unseal(p.handle_sealed, data_key, 'participant:' || p.id || ':handle')
    from cloakroom.participants p
    where p.conversation_id = caller_handle.conversation_id
      and p.handle_hash = (select cloakroom_private.caller_phone_hash()));
end $$;
