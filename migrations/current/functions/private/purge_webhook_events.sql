-- What is over goes with the delivery that comes next, its endpoint's row being locked: this endpoint's previous secret,
-- all but its newest 10,000 events, and up to a hundred of its oldest that have 1 GiB of payloads behind them; of any
-- endpoint up to a hundred events, and ids, that are older than 30 days. `endpoint`: with the delivery counted.
create or replace function cloakroom_private.purge_webhook_events(endpoint cloakroom.webhook_endpoints) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if endpoint.previous_secret_until <= clock_timestamp() then
    perform cloakroom_private.delete_secret(endpoint.previous_secret_id);
    update cloakroom.webhook_endpoints e set previous_secret_id = null, previous_secret_until = null
    where e.id = endpoint.id;
  end if;
  delete from cloakroom.webhook_events e where e.endpoint_id = endpoint.id and e.sequence <= endpoint.last_sequence - 10000;
  delete from cloakroom.webhook_events e where e.bytes_so_far <= endpoint.bytes_so_far - 1073741824 and e.id in (
    select o.id from cloakroom.webhook_events o where o.endpoint_id = endpoint.id order by o.sequence limit 100);
  delete from cloakroom.webhook_events e where e.id in (
    select o.id from cloakroom.webhook_events o where o.received_at < now() - interval '30 days'
    order by o.received_at limit 100 for update skip locked);
  delete from cloakroom.webhook_deliveries d where (d.endpoint_id, d.message_id_hash) in (
    select o.endpoint_id, o.message_id_hash from cloakroom.webhook_deliveries o where o.forget_at < now()
    order by o.forget_at limit 100 for update skip locked);
end $$;
