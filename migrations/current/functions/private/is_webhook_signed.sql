-- Whether one of the endpoint's secrets that hold now signed this body. For an endpoint that is none the same is computed
-- under a key out of the vault that signs nothing, so that the time taken does not tell which ids are endpoints.
create or replace function cloakroom_private.is_webhook_signed(
  endpoint cloakroom.webhook_endpoints, prefix text, body bytea, signatures text[]
) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_style text := coalesce(endpoint.style, 'STANDARD');
  v_signed bytea := convert_to(coalesce(is_webhook_signed.prefix, ''), 'UTF8') || body;
  v_keys bytea[];
  v_mark bytea := extensions.gen_random_bytes(32);
  v_expected bytea[];
begin
  select array_agg(cloakroom_private.webhook_key(s.decrypted_secret, v_style)) into v_keys
  from vault.decrypted_secrets s
  where s.id = any (array[endpoint.secret_id, case
    when endpoint.previous_secret_until > clock_timestamp() then endpoint.previous_secret_id end]);
  v_keys := coalesce(v_keys, array[cloakroom_private.lookup_key()]);
  -- Compared under a hash that only this call can compute, so that the time the comparison takes tells nothing of the
  -- right one; and all of them are computed, whether there is something to compare or not.
  v_expected := array(select extensions.hmac(convert_to(
      encode(extensions.hmac(v_signed, k, 'sha256'), case v_style when 'STANDARD' then 'base64' else 'hex' end), 'UTF8'),
    v_mark, 'sha256') from unnest(v_keys) k);
  return endpoint.id is not null and exists (
    select from unnest(signatures) s where extensions.hmac(convert_to(s, 'UTF8'), v_mark, 'sha256') = any (v_expected));
end $$;
