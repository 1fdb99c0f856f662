-- Of a Stripe event its id, and what of it stays the same when it is sent again: all but the count of other endpoints that
-- it has yet to reach.
create or replace function cloakroom_private.stripe_event(payload jsonb, out message_id text, out same text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_typeof(payload) <> 'object' or jsonb_typeof(payload -> 'id') is distinct from 'string'
    or length(payload ->> 'id') > 256 or payload ->> 'id' !~ '^[\x20-\x7e]+$' then
    perform cloakroom_private.refuse_input('body', 'A Stripe event is a JSON object with an id.');
  end if;
  message_id := payload ->> 'id';
  same := (payload - 'pending_webhooks')::text;
end $$;
