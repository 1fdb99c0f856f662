-- Whether this is the newest code of the phone, unused, alive and not tried too often; then it is used up. Otherwise the
-- tries of the request are counted, in the row of the code, so that no way of asking gets more of them. Only the newest
-- code is looked at.
create or replace function cloakroom_private.use_code(phone_hash bytea, code text, tries integer) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_code cloakroom.verification_codes;
  v_hash bytea;
  v_is_right boolean;
begin
  select * into v_code from cloakroom.verification_codes c
  where c.phone_hash = use_code.phone_hash order by c.created_at desc limit 1 for update;
  v_hash := cloakroom_private.lookup_hash('code', coalesce(v_code.id, gen_random_uuid()) || ':' || use_code.code);
  v_is_right := coalesce(
    v_code.code_hash = v_hash and v_code.used_at is null and v_code.expires_at > clock_timestamp()
      and v_code.attempts < (select s.otp_max_attempts from cloakroom.settings s), false);
  update cloakroom.verification_codes c set
    attempts = c.attempts + case when v_is_right then 0 else tries end,
    used_at = case when v_is_right then clock_timestamp() else c.used_at end
  where c.id = v_code.id;
  return v_is_right;
end $$;
