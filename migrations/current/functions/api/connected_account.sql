-- What is stored for a thread session, its credentials by name; nothing where nothing is connected.
create or replace function cloakroom_api.connected_account(user_identifier_hash text)
returns setof cloakroom_api.thread_account
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select
    t.connected_at,
    array(
      select row(c.name, c.token, c.salt, c.updated_at)::cloakroom_api.thread_credential
      from cloakroom.thread_credentials c
      where c.user_identifier_hash = t.user_identifier_hash
      order by c.name collate "C"),
    cloakroom_private.thread_progress_of(t)
  from cloakroom.threads t
  where t.user_identifier_hash = connected_account.user_identifier_hash and t.connected_at is not null
$$;
