-- Whether a refresh token that was rotated away may be answered once more, its answer having been lost or a second
-- request having raced the first: the parent of the live token, or one rotated within the last ten seconds.
create or replace function cloakroom_private.is_repeatable_refresh(token_hash bytea) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from cloakroom.refresh_tokens t
    where t.token_hash = is_repeatable_refresh.token_hash
      and (t.rotated_at > clock_timestamp() - interval '10 seconds' or exists (
        select from cloakroom.refresh_tokens l
        where l.session_id = t.session_id and l.rotated_at is null and l.parent_hash = t.token_hash)))
$$;
