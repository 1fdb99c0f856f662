-- What a signed body says: its payload, what makes two bodies one, the sender's id where the body has it (STRIPE), and the
-- kind of event. GITHUB has that in a header, which it does not sign; elsewhere it is the payload's `type`, where that is
-- text of at most 256 characters. CR422 for a body that is no payload.
create or replace function cloakroom_private.webhook_content(
  style text, headers jsonb, body bytea, claimed_id text,
  out message_id text, out event_type text, out payload text, out same bytea
) language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_value jsonb;
  v_stripe record;
begin
  payload := cloakroom_private.webhook_text(body);
  v_value := payload::jsonb;
  same := body;
  message_id := claimed_id;
  event_type := v_value ->> 'type';
  if jsonb_typeof(v_value -> 'type') is distinct from 'string' or length(event_type) > 256 then
    event_type := null;
  end if;
  if style = 'STRIPE' then
    select * into v_stripe from cloakroom_private.stripe_event(v_value);
    message_id := v_stripe.message_id;
    same := convert_to(v_stripe.same, 'UTF8');
  elsif style = 'GITHUB' then
    event_type := substring(headers ->> 'x-github-event' from '^[A-Za-z0-9_.-]{1,100}$');
  end if;
end $$;
