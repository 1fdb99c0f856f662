-- All that is stored about the caller, opened, as one JSON object and as of one moment; of others and of organizations no
-- more than the caller may read anyway, and that masked. Not in it: threads, which nothing ties to a person, and codes and
-- relay receipts, which are hashes and die within days. At most five an hour, where a code is recent enough.
create or replace function cloakroom_api.export_account() returns json
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_user cloakroom.users;
  v_key bytea;
  v_export json;
begin
  v_user := cloakroom_private.locked_person();
  v_key := cloakroom_private.data_key(v_user.data_key_id);
  perform cloakroom_private.require_recent_code();
  perform cloakroom_private.spend_export(v_user.id);
  perform cloakroom_private.refuse_huge_export();
  select json_build_object(
    'exportedAt', cloakroom_private.utc(clock_timestamp()),
    'user', json_build_object('id', v_user.id, 'name', v_user.name, 'createdAt', cloakroom_private.utc(v_user.created_at),
      'phone', cloakroom_private.unseal(v_user.phone_sealed, v_key, 'user:' || v_user.id || ':phone')),
    'sessions', cloakroom_private.export_sessions(v_user.id, v_key),
    'traits', cloakroom_private.export_traits(v_user.id, v_key),
    'onboarding', cloakroom_private.export_onboarding(v_user.id, v_key),
    'memberships', cloakroom_private.export_memberships(v_user.id),
    'auditEvents', cloakroom_private.export_audit_events(v_user.id),
    'conversations', cloakroom_private.export_conversations(),
    'exports', cloakroom_private.export_times(v_user.id)
  ) into v_export;
  return v_export;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
