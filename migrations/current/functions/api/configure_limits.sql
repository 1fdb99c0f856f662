-- Sets the limits that functions enforce, as an object of column names of cloakroom.settings; what is left out stays.
create or replace function cloakroom_api.configure_limits(limits jsonb) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
begin
  update cloakroom.settings s set (
    otp_ttl_seconds, otp_resend_seconds, otp_max_attempts, otp_per_phone_per_hour, otp_per_address_per_hour,
    otp_per_country_per_hour, otp_calling_codes, session_days, session_remember_days, session_idle_days,
    reveals_per_minute, reveal_max_auth_age_seconds, address_key
  ) = (
    select r.otp_ttl_seconds, r.otp_resend_seconds, r.otp_max_attempts, r.otp_per_phone_per_hour,
      r.otp_per_address_per_hour, r.otp_per_country_per_hour, r.otp_calling_codes, r.session_days,
      r.session_remember_days, r.session_idle_days, r.reveals_per_minute, r.reveal_max_auth_age_seconds, r.address_key
    from jsonb_populate_record(s, jsonb_strip_nulls(configure_limits.limits)) r
  )
  where s.is_only;
  return true;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
