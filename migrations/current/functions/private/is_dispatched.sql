-- Whether the server's own dispatcher runs this, as the role that logged in says, which nothing within a session changes.
-- What a call answers there leaves only when the call is committed. Anybody else says what becomes of an answer before that
-- (SQL of their own; through PostgREST casts and filters), and whatever fails there undoes what the call has written.
create or replace function cloakroom_private.is_dispatched() returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return nullif(current_setting('request.method', true), '') is null and has_function_privilege(
    session_user, 'cloakroom_private.invoke(text, jsonb, text, text, text, jsonb)', 'execute');
end $$;
