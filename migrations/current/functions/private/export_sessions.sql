-- Every session that is kept of a person, ended ones too, with the address it began from.
create or replace function cloakroom_private.export_sessions(user_id uuid, data_key bytea) returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select coalesce(json_agg(json_build_object(
      'id', s.id, 'createdAt', cloakroom_private.utc(s.created_at), 'lastUsedAt', cloakroom_private.utc(s.last_used_at),
      'expiresAt', cloakroom_private.utc(s.expires_at), 'revokedAt', cloakroom_private.utc(s.revoked_at),
      'authenticatedAt', cloakroom_private.utc(s.authenticated_at), 'rememberMe', s.is_remembered, 'userAgent', s.user_agent,
      'ipAddress', cloakroom_private.unseal(s.ip_sealed, data_key, 'session:' || s.id || ':ip')
    ) order by s.created_at, s.id), '[]')
    from cloakroom.sessions s where s.user_id = export_sessions.user_id);
end $$;
