-- Which of the endpoint's secrets that hold now signed this body; none where nothing else did. For an endpoint that is
-- none the same is computed under a key out of the vault that signs nothing, so that the time taken does not tell which
-- ids are endpoints.
create or replace function cloakroom_private.webhook_signers(
  endpoint cloakroom.webhook_endpoints, prefix text, body bytea, signatures text[]
) returns uuid[]
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_style text := coalesce(endpoint.style, 'STANDARD');
  v_signed bytea := convert_to(coalesce(webhook_signers.prefix, ''), 'UTF8') || body;
  v_ids uuid[];
  v_keys bytea[];
  v_mark bytea := extensions.gen_random_bytes(32);
  v_expected bytea[];
  v_given bytea[];
begin
  select array_agg(s.id), array_agg(cloakroom_private.webhook_key(s.decrypted_secret, v_style)) into v_ids, v_keys
  from vault.decrypted_secrets s where s.id = any (cloakroom_private.webhook_secrets_now(endpoint));
  v_keys := coalesce(v_keys, array[cloakroom_private.lookup_key()]);
  -- Compared under a hash that only this call can compute, so that the time the comparison takes tells nothing of the
  -- right one; and all of them are computed, whether there is something to compare or not.
  v_expected := array(select extensions.hmac(convert_to(
      encode(extensions.hmac(v_signed, k.key, 'sha256'), case v_style when 'STANDARD' then 'base64' else 'hex' end),
    'UTF8'), v_mark, 'sha256') from unnest(v_keys) with ordinality k(key, n) order by k.n);
  v_given := array(select extensions.hmac(convert_to(s, 'UTF8'), v_mark, 'sha256') from unnest(signatures) s);
  return array(select s.id from unnest(v_ids, v_expected) s(id, expected)
    where s.id is not null and s.expected = any (v_given));
end $$;
