-- Forgets up to ten deliveries that are older than 30 days. A signature is refused after five minutes, and a sender that
-- tries again for so long signs anew: the id then makes it another delivery, and the message's own id still finds it stored.
create or replace function cloakroom_private.purge_inbox() returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from cloakroom.relay_inbox i where (i.webhook_id_hash, i.input_hash) in (
    select o.webhook_id_hash, o.input_hash from cloakroom.relay_inbox o where o.received_at < now() - interval '30 days'
    order by o.received_at limit 10 for update skip locked)
$$;
