-- The conversation of a chat, made with a data key of its own where there is none. Takes the chat's turn: messages of
-- one chat are stored one after another.
create or replace function cloakroom_private.open_conversation(chat_guid text, mode text, sent_at timestamptz)
returns cloakroom.conversations
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_hash bytea := cloakroom_private.lookup_hash('chat', chat_guid);
  v_conversation cloakroom.conversations;
begin
  perform cloakroom_private.take_turns(v_hash);
  select * into v_conversation from cloakroom.conversations c where c.chat_hash = v_hash;
  if found then
    return v_conversation;
  end if;
  v_conversation.id := gen_random_uuid();
  v_conversation.mode := open_conversation.mode;
  v_conversation.last_message_at := open_conversation.sent_at;
  v_conversation.data_key_id := cloakroom_private.create_data_key('conversation:' || v_conversation.id);
  insert into cloakroom.conversations as c (id, chat_hash, chat_sealed, mode, data_key_id, last_message_at)
  values (
    v_conversation.id, v_hash,
    cloakroom_private.seal(
      chat_guid, cloakroom_private.data_key(v_conversation.data_key_id), 'conversation:' || v_conversation.id || ':chat'),
    open_conversation.mode, v_conversation.data_key_id, open_conversation.sent_at);
  return v_conversation;
end $$;
