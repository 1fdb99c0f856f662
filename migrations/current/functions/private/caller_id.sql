-- The user whose live session asks, else null. Owned by cloakroom_guard: policies call it.
create or replace function cloakroom_private.caller_id() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '');
begin
  return (
    select s.user_id from cloakroom.sessions s
    where s.id = (v_claims ->> 'session_id')::uuid and s.user_id = (v_claims ->> 'sub')::uuid
      and s.revoked_at is null and s.expires_at > now() and s.last_used_at > now() - s.idle_limit);
end $$;
