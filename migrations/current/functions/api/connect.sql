-- Stores credentials, a name each, and connects the thread where it is not. What is stored under other names stays.
-- credentials: [{name, token, salt}], CR422 for an empty list, a name twice, or more than 50 stored in the end.
create or replace function cloakroom_api.connect(user_identifier_hash text, credentials jsonb)
returns cloakroom_api.thread_account
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_account cloakroom_api.thread_account;
begin
  perform cloakroom_private.refuse_credential_list(credentials);
  -- The row's lock makes calls of one session take turns.
  insert into cloakroom.threads as t (user_identifier_hash, connected_at)
  values (connect.user_identifier_hash, now())
  on conflict on constraint threads_pkey do update set connected_at = coalesce(t.connected_at, excluded.connected_at);

  insert into cloakroom.thread_credentials (user_identifier_hash, name, token, salt)
  select
    connect.user_identifier_hash,
    cloakroom_private.require_text(e.value ->> 'name', 200, format('input.credentials.%s.name', e.ordinality - 1)),
    e.value ->> 'token',
    e.value ->> 'salt'
  from jsonb_array_elements(connect.credentials) with ordinality e
  on conflict on constraint thread_credentials_pkey do update
    set token = excluded.token, salt = excluded.salt, updated_at = now();

  select * into v_account from cloakroom_api.connected_account(connect.user_identifier_hash);
  if cardinality(v_account.credentials) > 50 then
    perform cloakroom_private.refuse_input('input.credentials', 'At most 50 credentials can be stored.');
  end if;
  return v_account;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
