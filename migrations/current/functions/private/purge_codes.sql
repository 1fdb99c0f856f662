-- Forgets up to a hundred codes that are older than a day: what any limit still counts is younger.
create or replace function cloakroom_private.purge_codes() returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from cloakroom.verification_codes c where c.id in (
    select o.id from cloakroom.verification_codes o where o.created_at < now() - interval '1 day'
    order by o.created_at limit 100 for update skip locked)
$$;
