-- Where codes are judged outside: counts the tries of a request in the row of the phone's newest code, before anybody is
-- asked, so that a code is never asked about more often than settings.otp_max_attempts. `invalid_code` where that code is
-- used, expired or exhausted, or there is none: then nobody is to be asked. Whatever confirm_verification would refuse is
-- refused here, before a try is spent.
create or replace function cloakroom_api.spend_code_try(phone text, name text default null, tries integer default 1)
returns cloakroom_api.code_try
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_phone_hash bytea;
  v_answer cloakroom_api.code_try;
begin
  v_phone_hash := cloakroom_private.lookup_hash('phone', cloakroom_private.require_phone(spend_code_try.phone));
  if spend_code_try.name is not null then
    perform cloakroom_private.require_text(spend_code_try.name, 200, 'input.name');
  end if;
  perform cloakroom_private.take_turns(v_phone_hash);
  update cloakroom.verification_codes c set attempts = c.attempts + least(greatest(spend_code_try.tries, 1), 1000)
  where c.id = cloakroom_private.newest_code(v_phone_hash) and c.used_at is null and c.expires_at > clock_timestamp()
    and c.attempts < (select s.otp_max_attempts from cloakroom.settings s)
  returning c.id into v_answer.code_id;
  v_answer.outcome := case when v_answer.code_id is null then 'invalid_code' else 'spent' end;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
