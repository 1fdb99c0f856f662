-- When the caller was taken out of a conversation; null while they take part.
create or replace function cloakroom_private.left_at(conversation_id uuid) returns timestamptz
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select p.left_at from cloakroom.participants p
    where p.conversation_id = left_at.conversation_id
      and p.handle_hash = (select cloakroom_private.caller_phone_hash()));
end $$;
