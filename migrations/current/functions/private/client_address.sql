-- The client's IP address: as the dispatcher passed it, or, through PostgREST, as the server's headers say. A user can
-- send headers there too, so with a user's token they count only with a proof for this session, made with the server's
-- key: a hash that nobody else can make. Null for everybody else.
create or replace function cloakroom_private.client_address() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_dispatched text := nullif(current_setting('cloakroom.client_address', true), '');
  v_headers jsonb;
  v_address text;
  v_proof text;
begin
  if v_dispatched is not null then
    return v_dispatched;
  end if;
  v_headers := nullif(current_setting('request.headers', true), '')::jsonb;
  v_address := v_headers ->> 'x-cloakroom-client-address';
  if v_address is null or cloakroom_private.is_service() then
    return v_address;
  end if;
  select encode(extensions.hmac(
      convert_to(v_address || '|' || cloakroom_private.claim('session_id'), 'UTF8'), s.address_key, 'sha256'), 'hex')
    into v_proof from cloakroom.settings s where s.is_only;
  -- Hashed once more, so that how long the comparison takes tells nothing of the proof.
  if sha256(convert_to(v_proof, 'UTF8')) = sha256(convert_to(v_headers ->> 'x-cloakroom-address-proof', 'UTF8')) then
    return v_address;
  end if;
  return null;
end $$;
