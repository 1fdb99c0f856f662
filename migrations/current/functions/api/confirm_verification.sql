-- Exchanges a one-time code for a session; `invalid_code` for a wrong, used, expired or exhausted one. That refusal is
-- returned and not raised, or the count of tries would roll back with it. For the same reason whatever can be refused
-- in the other arguments is refused before the code is looked at: a raise after a right guess would be a free oracle.
-- `tries` is how many codes the client's request tries: where this one is wrong, they are all counted at once.
create or replace function cloakroom_api.confirm_verification(
  phone text, code text, name text default null, remember_me boolean default false, user_agent text default null,
  tries integer default 1
) returns cloakroom_api.sign_in
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_phone text;
  v_name text;
  v_phone_hash bytea;
  v_answer cloakroom_api.sign_in;
begin
  v_phone := cloakroom_private.require_phone(confirm_verification.phone);
  v_name := case when confirm_verification.name is not null then
    cloakroom_private.require_text(confirm_verification.name, 200, 'input.name') end;
  v_phone_hash := cloakroom_private.lookup_hash('phone', v_phone);
  perform cloakroom_private.take_turns(v_phone_hash);
  if not cloakroom_private.use_code(
    v_phone_hash, confirm_verification.code, least(greatest(confirm_verification.tries, 1), 1000)
  ) then
    v_answer.outcome := 'invalid_code';
    return v_answer;
  end if;
  return cloakroom_private.open_session(
    cloakroom_private.find_or_make_user(v_phone, v_phone_hash, v_name),
    confirm_verification.remember_me, confirm_verification.user_agent);
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
