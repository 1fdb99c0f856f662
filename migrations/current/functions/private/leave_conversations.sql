-- Takes the caller's phone out of what the relay handed in. Conversations in which no other user takes part are deleted
-- with their keys; in the others what was said stays for them, and no longer says by what number. Each waits for messages
-- that are being stored in it.
create or replace function cloakroom_private.leave_conversations() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_conversation cloakroom.conversations;
begin
  for v_conversation in
    select * from cloakroom.conversations c
    where c.id = any ((select cloakroom_private.caller_conversations())::uuid[]) order by c.chat_hash
  loop
    perform cloakroom_private.take_turns(v_conversation.chat_hash);
    if v_conversation.id = any (cloakroom_private.conversations_of_caller_alone()) then
      perform cloakroom_private.delete_secret(v_conversation.data_key_id);
      delete from cloakroom.conversations c where c.id = v_conversation.id;
    else
      perform cloakroom_private.leave_conversation(v_conversation);
    end if;
  end loop;
end $$;
