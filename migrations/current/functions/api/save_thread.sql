-- Saves progress and returns it; nothing where nothing is connected. With saved_at, of progress that was kept elsewhere
-- while this database was away: newer progress here stays as it is, and nothing is returned.
-- changes: {url: {token, salt}, day: integer, progress: {token, salt}}; what is left out stays, null clears.
create or replace function cloakroom_api.save_thread(user_identifier_hash text, changes jsonb, saved_at timestamptz default null)
returns setof cloakroom_api.thread_progress
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return query
    update cloakroom.threads t set
      thread_url_token = case when changes ? 'url' then changes #>> '{url,token}' else t.thread_url_token end,
      thread_url_salt = case when changes ? 'url' then changes #>> '{url,salt}' else t.thread_url_salt end,
      current_day = case when changes ? 'day' then (changes ->> 'day')::integer else t.current_day end,
      progress_token = case when changes ? 'progress' then changes #>> '{progress,token}' else t.progress_token end,
      progress_salt = case when changes ? 'progress' then changes #>> '{progress,salt}' else t.progress_salt end,
      thread_updated_at = least(save_thread.saved_at, now())
    where t.user_identifier_hash = save_thread.user_identifier_hash and t.connected_at is not null
      and (save_thread.saved_at is null or t.thread_updated_at is null or t.thread_updated_at < save_thread.saved_at)
    returning (cloakroom_private.thread_progress_of(t)).*;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
