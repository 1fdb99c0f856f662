-- Takes the caller out of a conversation that stays for others: neither a participant nor a sender is told by their number.
create or replace function cloakroom_private.leave_conversation(conversation cloakroom.conversations) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key bytea := cloakroom_private.data_key(conversation.data_key_id);
  v_phone text := cloakroom_private.caller_handle(conversation.id, v_key);
begin
  -- What they said in the moment in which they were taken out is hidden from them, and bears their number all the same.
  update cloakroom.participants p set left_at = null
  where p.conversation_id = conversation.id and p.handle_hash = cloakroom_private.caller_phone_hash();
  update cloakroom.messages m set
    sender_mask = cloakroom_private.mask(v_phone, 'FULL'),
    sender_sealed = cloakroom_private.seal('', v_key, 'message:' || m.id || ':sender')
  where m.conversation_id = conversation.id and cloakroom_private.is_sent_by(m, v_phone, v_key);
  delete from cloakroom.participants p
  where p.conversation_id = conversation.id and p.handle_hash = cloakroom_private.caller_phone_hash();
end $$;
