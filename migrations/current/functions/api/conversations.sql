-- The conversations in which the caller's phone takes part or took part, the one with the newest message first: up to
-- `first` + 1, the last one only to say that there are more. Who left sees nothing move any more.
-- after: {at, id} of the last one seen.
create or replace function cloakroom_api.conversations(first integer default 50, after jsonb default null)
returns setof cloakroom_api.conversation
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_at timestamptz;
  v_id uuid;
begin
  perform cloakroom_private.require_caller();
  perform cloakroom_private.require_page_size(conversations.first);
  if conversations.after is not null then
    perform cloakroom_private.require_shape(conversations.after, '{"at": "string", "id": "string"}', 'after');
    v_at := cloakroom_private.require_time(conversations.after ->> 'at', 'after');
    v_id := cloakroom_private.require_id(conversations.after ->> 'id', 'after');
  end if;
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
      or (shown.last_message_at, c.id) < (v_at, v_id))
  order by shown.last_message_at desc, c.id desc
  limit conversations.first + 1;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
