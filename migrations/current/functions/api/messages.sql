-- The messages of conversations in which the caller takes part, oldest first: of each up to `first` + 1, the last one only
-- to say that there are more. after: {at, sequence} of the last one seen.
create or replace function cloakroom_api.messages(conversation_ids uuid[], first integer default 50, after jsonb default null)
returns setof cloakroom_api.message
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_ids uuid[];
  v_at timestamptz;
  v_sequence bigint;
  v_conversation record;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.require_page_size(messages.first);
  v_ids := cloakroom_private.require_ids(messages.conversation_ids, 'conversationIds');
  if messages.after is not null then
    perform cloakroom_private.require_shape(messages.after, '{"at": "string", "sequence": "number"}', 'after');
    v_at := cloakroom_private.require_time(messages.after ->> 'at', 'after');
    v_sequence := cloakroom_private.require_count(messages.after -> 'sequence', 'after');
  end if;
  for v_conversation in
    select c.id, cloakroom_private.data_key(c.data_key_id) as key from cloakroom.conversations c
    where c.id = any (v_ids)
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
        or (m.sent_at, m.sequence) > (v_at, v_sequence))
    order by m.sent_at, m.sequence
    limit messages.first + 1;
  end loop;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
