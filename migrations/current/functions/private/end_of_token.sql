-- When a token ends that lives for so many seconds from now on, ten years at most; null where nobody said. Who says that
-- it has ended as it is given out says nothing.
create or replace function cloakroom_private.end_of_token(expires_in integer) returns timestamptz
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select clock_timestamp() + case when expires_in > 0
    then make_interval(secs => least(expires_in, 315360000)) end
$$;
