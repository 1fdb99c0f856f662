-- Rotates a refresh token. The successor is derived from it by HMAC, so that a lost answer can be given again although
-- only hashes are stored. `refused` for an unknown token or an ended session; `reused` where a token comes back that was
-- rotated away before: somebody copied it, and the session ends with this transaction (which is why nothing is raised).
create or replace function cloakroom_api.refresh_session(refresh_token text) returns cloakroom_api.sign_in
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_hash bytea;
  v_session cloakroom.sessions;
  v_successor text;
  v_answer cloakroom_api.sign_in;
begin
  v_hash := sha256(convert_to(refresh_session.refresh_token, 'UTF8'));
  v_session := cloakroom_private.session_of_token(v_hash);
  if v_session.id is null then
    v_answer.outcome := 'refused';
    return v_answer;
  end if;
  v_successor := cloakroom_private.base64url(
    cloakroom_private.lookup_hash('refresh', refresh_session.refresh_token));
  update cloakroom.refresh_tokens t set rotated_at = clock_timestamp()
  where t.token_hash = v_hash and t.rotated_at is null;
  if found then
    insert into cloakroom.refresh_tokens (token_hash, session_id, parent_hash)
    values (sha256(convert_to(v_successor, 'UTF8')), v_session.id, v_hash);
  elsif not cloakroom_private.is_repeatable_refresh(v_hash) then
    update cloakroom.sessions s set revoked_at = now() where s.id = v_session.id;
    v_answer.outcome := 'reused';
    return v_answer;
  else
    v_successor := cloakroom_private.successor_given(refresh_session.refresh_token, v_hash);
  end if;
  update cloakroom.sessions s set last_used_at = now() where s.id = v_session.id returning * into v_session;
  select 'refreshed', v_successor, cloakroom_private.session_row(v_session, true), cloakroom_private.profile_row(u)
  into v_answer
  from cloakroom.users u where u.id = v_session.user_id;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
