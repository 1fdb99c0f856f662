-- Raises what went wrong anew without words that quote values. Whoever lost the rows under their hands, a session or a
-- membership that ended in mid-call, finds nothing. Never returns.
create or replace function cloakroom_private.refuse_quietly(state text, message text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if state = '42501' and message like '%row-level security%' then
    perform cloakroom_private.not_found();
  end if;
  raise exception using errcode = state, message = 'request failed';
end $$;
