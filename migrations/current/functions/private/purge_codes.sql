-- Forgets up to a hundred codes that are older than a day, and as many counts older than two hours: what any limit still
-- counts is younger.
create or replace function cloakroom_private.purge_codes() returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from cloakroom.verification_codes c where c.id in (
    select o.id from cloakroom.verification_codes o where o.created_at < now() - interval '1 day'
    order by o.created_at limit 100 for update skip locked);
  delete from cloakroom.codes_by_country c where c.ctid in (
    select o.ctid from cloakroom.codes_by_country o where o.minute < now() - interval '2 hours'
    order by o.minute limit 100 for update skip locked)
$$;
