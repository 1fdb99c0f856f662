-- Whether this code, judged right outside, is the newest of the phone, unused and alive; then it is used up. Its tries were
-- counted before anybody was asked.
create or replace function cloakroom_private.use_approved_code(phone_hash bytea, code_id uuid) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with used as (
    update cloakroom.verification_codes c set used_at = clock_timestamp()
    where c.id = use_approved_code.code_id and c.used_at is null and c.expires_at > clock_timestamp()
      and c.id = cloakroom_private.newest_code(use_approved_code.phone_hash)
    returning c.id
  )
  select exists (select from used)
$$;
