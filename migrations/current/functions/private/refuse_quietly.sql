-- Raises what went wrong in a call anew, its SQLSTATE without words: messages, DETAIL and CONTEXT quote values, and every
-- caller of cloakroom_api would read them. Two kinds are told as what they are to the caller. Every function there ends
-- with this; what it did is undone by then.
create or replace function cloakroom_private.refuse_quietly(state text, message text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  -- A membership or session that ended in mid-call: from then on policies let nothing through.
  if state = '42501' and message like '%row-level security%' then
    perform cloakroom_private.not_found();
  elsif state = '54000' then
    raise exception 'This is more than 64 MiB at once: ask for less.' using errcode = 'CR422', detail = '';
  end if;
  raise exception 'request failed' using errcode = state;
end $$;
