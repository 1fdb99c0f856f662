-- The messages of one of the caller's conversations, opened, oldest first.
create or replace function cloakroom_private.export_messages(conversation_id uuid, data_key bytea) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select coalesce(json_agg(json_build_object(
      'id', m.id, 'sender', m.sender_mask, 'isOwn', cloakroom_private.is_sent_by(m, own.phone, data_key),
      'text', cloakroom_private.unseal(m.text_sealed, data_key, 'message:' || m.id || ':text'),
      'sentAt', cloakroom_private.utc(m.sent_at), 'direction', m.direction
    ) order by m.sent_at, m.sequence), '[]')
    from cloakroom.messages m,
      (select cloakroom_private.caller_handle(export_messages.conversation_id, data_key) offset 0) as own(phone)
    where m.conversation_id = export_messages.conversation_id);
end $$;
