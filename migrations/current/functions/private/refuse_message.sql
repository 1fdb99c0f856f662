-- CR422 where a message is out of bounds: 512 characters for a name or handle, 256 participants, 64 KiB of text
-- (which may be empty: attachments have none), and a time between 1970 and 2200:
-- milliseconds, taken for seconds, would be far beyond.
create or replace function cloakroom_private.refuse_message(
  chat_guid text, mode text, sender text, message_text text, sent_at_seconds double precision, participants text[],
  message_id text
) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform cloakroom_private.require_text(chat_guid, 512, 'input.chatGuid');
  perform cloakroom_private.require_text(sender, 512, 'input.sender');
  if message_id is not null then
    perform cloakroom_private.require_text(message_id, 512, 'input.messageId');
  end if;
  if mode is null or mode not in ('DIRECT', 'GROUP') then
    perform cloakroom_private.refuse_input('input.mode', 'This must be DIRECT or GROUP.');
  elsif message_text is null or octet_length(message_text) > 65536 then
    perform cloakroom_private.refuse_input('input.text', 'This must be at most 64 KiB.');
  elsif sent_at_seconds is null or sent_at_seconds not between 0 and 7258118400 then
    perform cloakroom_private.refuse_input(
      'input.timestamp', 'This must be Unix time in seconds, between the years 1970 and 2200.');
  elsif participants is null or cardinality(participants) > 256 then
    perform cloakroom_private.refuse_input('input.participants', 'At most 256 participants.');
  end if;
  perform cloakroom_private.require_text(p.handle, 512, format('input.participants.%s', p.ordinality - 1))
  from unnest(participants) with ordinality as p (handle, ordinality);
end $$;
