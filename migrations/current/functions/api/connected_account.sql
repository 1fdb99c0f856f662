-- What is stored for a thread session, its credentials by name; nothing where nothing is connected.
create or replace function cloakroom_api.connected_account(user_identifier_hash text)
returns setof cloakroom_api.thread_account
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  return query
    select
      t.connected_at,
      array(
        select row(c.name, c.token, c.salt, c.updated_at)::cloakroom_api.thread_credential
        from cloakroom.thread_credentials c
        where c.user_identifier_hash = t.user_identifier_hash
        order by c.name collate "C"),
      cloakroom_private.thread_progress_of(t)
    from cloakroom.threads t
    where t.user_identifier_hash = connected_account.user_identifier_hash and t.connected_at is not null;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
end $$;
