-- Seconds until fewer than `most` codes were made for a country within the hour, which is counted by minutes and so a
-- minute longer at most; 0 where that is so now.
create or replace function cloakroom_private.country_wait(calling_code text, most integer) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select greatest(0, ceil(extract(epoch from max(m.minute) + interval '61 minutes' - clock_timestamp())))::integer
  from (
    select c.minute, sum(sum(c.made)) over (order by c.minute desc) as made_since
    from cloakroom.codes_by_country c
    where c.calling_code = country_wait.calling_code and c.minute > clock_timestamp() - interval '61 minutes'
    group by c.minute
  ) m
  where m.made_since >= country_wait.most
$$;
