-- Seconds until another code may be sent to a phone, or from a network; 0 where one may be sent now. Counts what is
-- committed: call it after take_turns for both.
create or replace function cloakroom_private.verification_wait(phone_hash bytea, network_hash bytea) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select greatest(0, ceil(extract(epoch from max(w.until) - clock_timestamp())))::integer
  from cloakroom.settings s, lateral (
    (select c.created_at + s.otp_resend_seconds * interval '1 second' as until
     from cloakroom.verification_codes c where c.phone_hash = verification_wait.phone_hash and not c.is_unsent
     order by c.created_at desc limit 1)
    union all
    (select c.created_at + interval '1 hour'
     from cloakroom.verification_codes c where c.phone_hash = verification_wait.phone_hash
     order by c.created_at desc offset greatest(s.otp_per_phone_per_hour, 1) - 1 limit 1)
    union all
    (select c.created_at + interval '1 hour'
     from cloakroom.verification_codes c where c.address_hash = verification_wait.network_hash
     order by c.created_at desc offset greatest(s.otp_per_address_per_hour, 1) - 1 limit 1)
  ) w
$$;
