-- Refuses a request to the Data API that casts what a function answers, or puts conditions on it: one that fails can quote
-- the answer, and takes the function's event back. PostgREST says them in the query that it runs, and nowhere else. CR422.
-- What is undone all the same leaves the line in Postgres's own log that the caller of this writes.
create or replace function cloakroom_private.require_plain_request() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if nullif(current_setting('request.method', true), '') is not null and current_query() ~* '\mcast\s*\(|\mwhere\M' then
    perform cloakroom_private.refuse_input('select', 'Ask for this without casts and filters.');
  end if;
end $$;
