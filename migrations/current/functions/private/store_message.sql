-- Stores a message in its chat's conversation, once for each id that the relay gives; a repeat answers the first, whatever
-- it says: what was said stays said.
-- Turns are taken in the order webhook, message, chat, so that no two callers wait for each other.
create or replace function cloakroom_private.store_message(
  chat_guid text, mode text, sender text, message_text text, sent_at timestamptz, participants text[], message_id text,
  is_from_me boolean
) returns cloakroom_api.ingested_message
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_id uuid := gen_random_uuid();
  v_relay_id_hash bytea;
  v_conversation cloakroom.conversations;
  v_key bytea;
  v_stored cloakroom.messages;
begin
  if message_id is not null then
    v_relay_id_hash := cloakroom_private.lookup_hash('message', message_id);
    perform cloakroom_private.take_turns(v_relay_id_hash);
    select * into v_stored from cloakroom.messages m where m.relay_id_hash = v_relay_id_hash;
    if found then
      return row(v_stored.id, v_stored.conversation_id, true)::cloakroom_api.ingested_message;
    end if;
  end if;
  v_conversation := cloakroom_private.open_conversation(chat_guid, store_message.mode, store_message.sent_at);
  v_key := cloakroom_private.data_key(v_conversation.data_key_id);
  perform cloakroom_private.note_participants(
    v_conversation, v_key, participants, sender, is_from_me, store_message.sent_at);
  insert into cloakroom.messages (
    id, conversation_id, relay_id_hash, sender_sealed, sender_mask, text_sealed, sent_at, direction)
  select
    v_id, v_conversation.id, v_relay_id_hash,
    cloakroom_private.seal(h.normalized, v_key, 'message:' || v_id || ':sender'), h.shown,
    cloakroom_private.seal(message_text, v_key, 'message:' || v_id || ':text'), store_message.sent_at,
    case when is_from_me then 'OUTBOUND' else 'INBOUND' end
  from cloakroom_private.read_handle(sender) h;
  update cloakroom.conversations c set last_message_at = greatest(c.last_message_at, store_message.sent_at)
  where c.id = v_conversation.id;
  return row(v_id, v_conversation.id, false)::cloakroom_api.ingested_message;
end $$;
