-- Stores a message that the relay hands in. A webhook-id seen before answers as it first did for the same body and
-- input, and is CR409 for another body; fifty of one at once store one message.
-- body_hash: hex SHA-256 of the raw body. Both are null for a relay that signs nothing. is_from_me: sent by the account that
-- the relay runs on.
create or replace function cloakroom_api.ingest_message(
  chat_guid text, mode text, sender text, message_text text, sent_at_seconds double precision, participants text[],
  message_id text default null, webhook_id text default null, body_hash text default null,
  is_from_me boolean default false
) returns cloakroom_api.ingested_message
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_webhook bytea;
  v_input bytea;
  v_body bytea;
  v_answer cloakroom_api.ingested_message;
begin
  perform cloakroom_private.refuse_message(
    chat_guid, mode, sender, message_text, sent_at_seconds, participants, message_id);
  if webhook_id is not null then
    v_webhook := cloakroom_private.lookup_hash('webhook', webhook_id);
    v_body := cloakroom_private.lookup_hash('body', body_hash);
    v_input := cloakroom_private.lookup_hash('input', (jsonb_build_array(
      chat_guid, mode, sender, message_text, sent_at_seconds, participants, message_id)
      -- As it was hashed before there was a word for one's own.
      || case when is_from_me then '[true]' else '[]' end::jsonb)::text);
    perform cloakroom_private.take_turns(v_webhook);
    if exists (select from cloakroom.relay_inbox i where i.webhook_id_hash = v_webhook and i.body_hash <> v_body) then
      raise exception 'This webhook-id came with another body before.' using errcode = 'CR409';
    end if;
    select i.message_id, i.conversation_id, i.is_duplicate into v_answer
    from cloakroom.relay_inbox i where i.webhook_id_hash = v_webhook and i.input_hash = v_input;
    if found then
      return v_answer;
    end if;
  end if;
  v_answer := cloakroom_private.store_message(
    btrim(chat_guid, E' \t\n\r'), mode, sender, message_text, to_timestamp(sent_at_seconds), participants,
    btrim(message_id, E' \t\n\r'), coalesce(is_from_me, false));
  if webhook_id is not null then
    insert into cloakroom.relay_inbox (webhook_id_hash, input_hash, body_hash, message_id, conversation_id, is_duplicate)
    values (v_webhook, v_input, v_body, v_answer.message_id, v_answer.conversation_id, v_answer.duplicate);
    perform cloakroom_private.purge_inbox();
  end if;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
