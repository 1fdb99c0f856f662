-- Makes a one-time code for a phone, by the same steps whether or not the phone is known. `rate_limited`, with the
-- seconds to wait, while the last code is fresh or an hour's codes of the phone, of the client's network or of the phone's
-- country are spent. CR422 where codes do not go to that country.
-- `fixed_code`, for reviewers of an app: this code instead of a random one, until `fixed_until` at most. The limits hold.
create or replace function cloakroom_api.start_verification(
  phone text, fixed_code text default null, fixed_until timestamptz default null
) returns cloakroom_api.verification_challenge
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_phone text;
  v_calling_code text;
  v_phone_hash bytea;
  v_network_hash bytea;
  v_limits cloakroom.settings;
  v_now timestamptz;
  v_answer cloakroom_api.verification_challenge;
begin
  v_phone := cloakroom_private.require_phone(start_verification.phone);
  v_calling_code := cloakroom_private.require_reached_country(v_phone);
  v_phone_hash := cloakroom_private.lookup_hash('phone', v_phone);
  v_network_hash := cloakroom_private.lookup_hash('network', cloakroom_private.client_network());
  -- Phones before networks before countries, always: no two requests wait for each other.
  perform cloakroom_private.take_turns(v_phone_hash);
  perform cloakroom_private.take_turns(v_network_hash);
  v_answer.retry_after := cloakroom_private.verification_wait(v_phone_hash, v_network_hash);
  if v_answer.retry_after = 0 then
    v_answer.retry_after := cloakroom_private.spend_country_code(v_calling_code);
  end if;
  if v_answer.retry_after > 0 then
    v_answer.outcome := 'rate_limited';
    return v_answer;
  end if;
  select * into v_limits from cloakroom.settings;
  v_now := clock_timestamp();
  v_answer.outcome := 'sent';
  v_answer.code_id := gen_random_uuid();
  v_answer.code := coalesce(start_verification.fixed_code, cloakroom_private.random_code());
  v_answer.phone := cloakroom_private.mask(v_phone, 'PHONE');
  v_answer.expires_at := least(v_now + v_limits.otp_ttl_seconds * interval '1 second', start_verification.fixed_until);
  v_answer.resend_at := v_now + v_limits.otp_resend_seconds * interval '1 second';
  insert into cloakroom.verification_codes (id, phone_hash, address_hash, code_hash, created_at, expires_at) values (
    v_answer.code_id, v_phone_hash, v_network_hash,
    cloakroom_private.lookup_hash('code', v_answer.code_id || ':' || v_answer.code), v_now, v_answer.expires_at);
  perform cloakroom_private.purge_codes();
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
