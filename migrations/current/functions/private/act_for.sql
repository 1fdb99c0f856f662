-- From here to the end of the transaction the server acts for the person of a session: roles are asked and events written
-- as theirs. A session that has ended is nobody's. The server's own rights stay what they are.
create or replace function cloakroom_private.act_for(user_id uuid, session_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not cloakroom_private.is_service() then
    raise insufficient_privilege;
  end if;
  perform set_config('request.jwt.claims', jsonb_build_object(
    'sub', act_for.user_id, 'session_id', act_for.session_id, 'role', 'authenticated')::text, true);
end $$;
