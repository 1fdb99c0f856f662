-- Takes one delivery: verifies it, and stores its payload sealed. `refused` for a wrong signature as for no such endpoint.
-- Sent again, an id with its body is `repeated` and answers the same event; with another body it is CR409. CR422 for a
-- signed body that is no payload: this and CR409 are only ever raised of what verified.
-- headers: those that are there of webhook-id, webhook-timestamp, webhook-signature, x-hub-signature-256,
-- x-github-delivery, x-github-event and stripe-signature. body: base64 of the bytes as they came.
create or replace function cloakroom_api.receive_webhook(webhook_endpoint_id uuid, headers jsonb, body text)
returns cloakroom_api.webhook_receipt
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_body bytea;
  v_endpoint cloakroom.webhook_endpoints;
  v_claim record;
  v_signers uuid[];
  v_content record;
  v_receipt cloakroom_api.webhook_receipt;
begin
  v_receipt.outcome := 'refused';
  v_body := decode(receive_webhook.body, 'base64');
  if v_body is null or octet_length(v_body) > 1048576 then
    perform cloakroom_private.refuse_input('body', 'The body may hold 1 MiB at most.');
  end if;
  select * into v_endpoint from cloakroom.webhook_endpoints e where e.id = receive_webhook.webhook_endpoint_id;
  select * into v_claim from cloakroom_private.webhook_claim(coalesce(v_endpoint.style, 'STANDARD'), headers);
  v_signers := cloakroom_private.webhook_signers(v_endpoint, v_claim.prefix, v_body, v_claim.signatures);
  if v_signers <> '{}' then
    select * into v_content
    from cloakroom_private.webhook_content(v_endpoint.style, headers, v_body, v_claim.message_id);
    v_receipt := cloakroom_private.store_webhook_event(v_endpoint.id, v_signers,
      v_content.message_id, v_content.event_type, v_content.payload, v_content.same);
  end if;
  return v_receipt;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
