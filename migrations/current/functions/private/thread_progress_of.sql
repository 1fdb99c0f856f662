-- The saved progress of a thread, null where none was ever saved.
create or replace function cloakroom_private.thread_progress_of(thread cloakroom.threads) returns cloakroom_api.thread_progress
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when thread.thread_updated_at is not null then
    row(thread.thread_url_token, thread.thread_url_salt, thread.current_day,
      thread.progress_token, thread.progress_salt, thread.thread_updated_at)::cloakroom_api.thread_progress
  end
$$;
