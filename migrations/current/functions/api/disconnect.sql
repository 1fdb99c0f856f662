-- Deletes a thread's credentials and, when told, its progress too. A thread that keeps nothing is deleted altogether.
create or replace function cloakroom_api.disconnect(user_identifier_hash text, forget_thread boolean default false)
returns cloakroom_api.disconnection
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_thread cloakroom.threads;
  v_answer cloakroom_api.disconnection;
begin
  select * into v_thread from cloakroom.threads t
  where t.user_identifier_hash = disconnect.user_identifier_hash for update;
  delete from cloakroom.thread_credentials c where c.user_identifier_hash = disconnect.user_identifier_hash;
  get diagnostics v_answer.credentials_deleted = row_count;
  v_answer.disconnected := v_thread.connected_at is not null;
  if forget_thread or v_thread.thread_updated_at is null then
    delete from cloakroom.threads t where t.user_identifier_hash = disconnect.user_identifier_hash;
  else
    update cloakroom.threads t set connected_at = null
    where t.user_identifier_hash = disconnect.user_identifier_hash;
  end if;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
