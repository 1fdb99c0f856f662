-- The conversations of the caller's phone with their messages, oldest first. Others stand in them as they are shown
-- everywhere, masked; whether a message is the caller's own is said by `isOwn`.
create or replace function cloakroom_private.export_conversations() returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select coalesce(json_agg(json_build_object(
      'id', c.id, 'mode', c.mode, 'lastMessageAt', cloakroom_private.utc(c.last_message_at),
      'participants', (
        select json_agg(p.handle_mask order by p.created_at, p.id)
        from cloakroom.participants p where p.conversation_id = c.id),
      'messages', cloakroom_private.export_messages(c.id, cloakroom_private.data_key(c.data_key_id))
    ) order by c.created_at, c.id), '[]')
    from cloakroom.conversations c
    where c.id = any ((select cloakroom_private.caller_conversations())::uuid[]));
end $$;
