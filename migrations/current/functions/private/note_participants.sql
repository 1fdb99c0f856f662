-- Notes who takes part in a conversation as its newest message tells. In a group who is no longer listed has left, the
-- relay's own account excepted; a message that lists nobody tells nothing. One that comes late tells who was there then.
create or replace function cloakroom_private.note_participants(
  conversation cloakroom.conversations, data_key bytea, participants text[], sender text, is_from_me boolean,
  sent_at timestamptz
) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_is_late boolean := conversation.mode = 'GROUP' and note_participants.sent_at < conversation.last_message_at;
  v_left_at timestamptz := case when v_is_late then note_participants.sent_at + interval '1 microsecond' end;
  v_sender bytea := (cloakroom_private.read_handle(sender)).hash;
  v_present bytea[] := array(
    select cloakroom_private.add_participant(conversation.id, data_key, h.handle, v_left_at)
    from unnest(participants || sender) as h (handle));
begin
  update cloakroom.participants p set
    left_at = case when v_is_late then greatest(p.left_at, v_left_at) end,
    is_relay = p.is_relay or (is_from_me and p.handle_hash = v_sender)
  where p.conversation_id = conversation.id and p.handle_hash = any (v_present)
    and (p.left_at is not null or (is_from_me and not p.is_relay and p.handle_hash = v_sender));
  if conversation.mode = 'GROUP' and not v_is_late and cardinality(participants) > 0 then
    update cloakroom.participants p set left_at = note_participants.sent_at
    where p.conversation_id = conversation.id and p.left_at is null and not p.is_relay
      and p.handle_hash <> all (v_present);
  end if;
end $$;
