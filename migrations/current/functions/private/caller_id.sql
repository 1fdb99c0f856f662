-- The user whose live session asks, else null. Owned by cloakroom_guard: policies call it.
create or replace function cloakroom_private.caller_id() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  -- Other issuers' claims need be no ids; then they are nobody's here.
  v_session uuid := case when v_claims ->> 'session_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then (v_claims ->> 'session_id')::uuid end;
begin
  return (
    select s.user_id from cloakroom.sessions s
    where s.id = v_session and s.user_id::text = lower(v_claims ->> 'sub')
      and s.revoked_at is null and s.expires_at > now() and s.last_used_at > now() - s.idle_limit);
end $$;
