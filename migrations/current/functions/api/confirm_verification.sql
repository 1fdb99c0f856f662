-- Exchanges a one-time code for a session; `invalid_code` for a wrong, used, expired or exhausted one. That refusal is
-- returned and not raised, or the count of tries would roll back with it. For the same reason whatever can be refused
-- in the other arguments is refused before the code is looked at: a raise after a right guess would be a free oracle.
-- `session_id`, of the verified access token that came along: where it is a live session of the same person, that one goes
-- on, newly authenticated, and no other begins.
-- `tries` is how many codes the client's request tries: where this one is wrong, they are all counted at once.
-- `approved_code_id`, of spend_code_try, where codes are judged outside: that code was right, and `code` is not looked at.
create or replace function cloakroom_api.confirm_verification(
  phone text, code text, name text default null, remember_me boolean default false, user_agent text default null,
  tries integer default 1, session_id uuid default null, approved_code_id uuid default null
) returns cloakroom_api.sign_in
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_phone text;
  v_name text;
  v_phone_hash bytea;
  v_is_right boolean;
  v_user cloakroom.users;
  v_answer cloakroom_api.sign_in;
begin
  v_phone := cloakroom_private.require_phone(confirm_verification.phone);
  v_name := case when confirm_verification.name is not null then
    cloakroom_private.require_text(confirm_verification.name, 200, 'input.name') end;
  v_phone_hash := cloakroom_private.lookup_hash('phone', v_phone);
  perform cloakroom_private.take_turns(v_phone_hash);
  v_is_right := case when confirm_verification.approved_code_id is null
    then cloakroom_private.use_code(
      v_phone_hash, confirm_verification.code, least(greatest(confirm_verification.tries, 1), 1000))
    else cloakroom_private.use_approved_code(v_phone_hash, confirm_verification.approved_code_id) end;
  if not v_is_right then
    v_answer.outcome := 'invalid_code';
    return v_answer;
  end if;
  v_user := cloakroom_private.find_or_make_user(v_phone, v_phone_hash, v_name);
  v_answer := cloakroom_private.reauthenticate_session(v_user, confirm_verification.session_id);
  if v_answer.outcome is not null then
    return v_answer;
  end if;
  return cloakroom_private.open_session(
    v_user, confirm_verification.remember_me, confirm_verification.user_agent);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
