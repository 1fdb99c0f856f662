-- What a delivery's headers say of it: the sender's id, what is signed before the body, and the signatures (at most 16, as
-- base64 in STANDARD, in hex elsewhere). No signatures where a part is missing, malformed or out of time.
-- STANDARD signs `id.time.body`: an id that itself ends in a time would let part of it be read as the time.
create or replace function cloakroom_private.webhook_claim(
  style text, headers jsonb, out message_id text, out prefix text, out signatures text[]
) language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_time text;
  v_parts text[];
begin
  prefix := '';
  signatures := '{}';
  if style = 'GITHUB' then
    message_id := headers ->> 'x-github-delivery';
    v_parts := string_to_array(headers ->> 'x-hub-signature-256', ' ');
    v_parts := array(select substr(p, 8) from unnest(v_parts[1:1]) p where p ~ '^sha256=[0-9a-f]{64}$');
  elsif style = 'STRIPE' then
    v_parts := string_to_array(headers ->> 'stripe-signature', ',');
    v_time := (select string_agg(substr(p, 3), ',') from unnest(v_parts) p where p like 't=%');
    v_parts := array(select substr(p, 4) from unnest(v_parts) p where p ~ '^v1=[0-9a-f]{64}$' limit 16);
    prefix := v_time || '.';
  else
    message_id := headers ->> 'webhook-id';
    v_time := headers ->> 'webhook-timestamp';
    v_parts := string_to_array(headers ->> 'webhook-signature', ' ');
    v_parts := array(select substr(p, 4) from unnest(v_parts) p where p ~ '^v1,[A-Za-z0-9+/]{43}=$' limit 16);
    prefix := message_id || '.' || v_time || '.';
  end if;
  if (style = 'GITHUB' or cloakroom_private.is_webhook_time(v_time))
    and (style = 'STRIPE' or length(message_id) <= 256 and message_id ~ '^[\x20-\x7e]+$')
    and (style <> 'STANDARD' or message_id !~ '\.[0-9]{9,11}$') then
    signatures := v_parts;
  end if;
end $$;
