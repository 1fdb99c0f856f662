-- The messages of conversations in which the caller takes part, oldest first, at most `first` of each.
-- after: {at, sequence} of the last one seen.
create or replace function cloakroom_api.messages(conversation_ids uuid[], first integer default 50, after jsonb default null)
returns setof cloakroom_api.message
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_conversation record;
begin
  perform cloakroom_private.require_caller();
  for v_conversation in
    select c.id, cloakroom_private.data_key(c.data_key_id) as key from cloakroom.conversations c
    where c.id = any (messages.conversation_ids)
      and c.id = any ((select cloakroom_private.caller_conversations())::uuid[])
  loop
    return query
    select
      m.id, m.conversation_id, m.sender_mask,
      cloakroom_private.unseal(m.text_sealed, v_conversation.key, 'message:' || m.id || ':text'),
      m.sent_at, m.direction, m.sequence
    from cloakroom.messages m
    where m.conversation_id = v_conversation.id
      and (messages.after is null
        or (m.sent_at, m.sequence) > ((messages.after ->> 'at')::timestamptz, (messages.after ->> 'sequence')::bigint))
    order by m.sent_at, m.sequence
    limit greatest(0, least(messages.first, 501));
  end loop;
end $$;
