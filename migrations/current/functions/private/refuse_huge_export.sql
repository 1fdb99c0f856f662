-- Refuses an export that would be over 64 MiB before anything is opened for it. Tokens are a third longer than what is in
-- them, so nothing that would fit is refused.
create or replace function cloakroom_private.refuse_huge_export() returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (
    select sum(octet_length(m.text_sealed)) from cloakroom.messages m
    where m.conversation_id = any ((select cloakroom_private.caller_conversations())::uuid[])
  ) > 64 * 1048576 * 1.4 then
    raise exception 'This is more than 64 MiB at once: read conversations and their messages page by page instead.'
      using errcode = 'CR422';
  end if;
end $$;
