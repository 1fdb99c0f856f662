-- The conversations in which the caller's phone takes part or took part, the one with the newest message first. Who left
-- sees nothing move any more.
-- after: {at, id} of the last one seen.
create or replace function cloakroom_api.conversations(first integer default 50, after jsonb default null)
returns setof cloakroom_api.conversation
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform cloakroom_private.require_caller();
  return query
  select
    c.id,
    cloakroom_private.mask(c.chat_sealed, 'FULL'),
    c.mode,
    array(
      select p.handle_mask from cloakroom.participants p where p.conversation_id = c.id order by p.created_at, p.id),
    shown.last_message_at
  from cloakroom.conversations c
  cross join lateral (select least(c.last_message_at, cloakroom_private.left_at(c.id))) as shown (last_message_at)
  where c.id = any ((select cloakroom_private.caller_conversations())::uuid[])
    and (conversations.after is null
      or (shown.last_message_at, c.id) < ((conversations.after ->> 'at')::timestamptz, (conversations.after ->> 'id')::uuid))
  order by shown.last_message_at desc, c.id desc
  limit greatest(0, least(conversations.first, 501));
end $$;
