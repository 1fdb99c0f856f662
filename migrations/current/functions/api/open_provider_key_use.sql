-- The key in the open for a use that a member began within ten minutes, once, and its one PROVIDER_KEY_USED in the log as
-- theirs. The server alone. CR404 where use or key is gone, or whoever began it is no member any more; CR409 where the use
-- was opened or is over, or the key has been deactivated or put in quarantine meanwhile.
create or replace function cloakroom_api.open_provider_key_use(use_id uuid) returns cloakroom_api.opened_provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_use cloakroom.provider_key_uses;
  v_key cloakroom.provider_keys;
  v_answer cloakroom_api.opened_provider_key;
  v_event cloakroom.audit_events;
begin
  select * into v_use from cloakroom.provider_key_uses u where u.id = open_provider_key_use.use_id;
  if not found then
    perform cloakroom_private.not_found();
  end if;
  perform cloakroom_private.act_for(v_use.actor_id, v_use.session_id);
  perform cloakroom_private.require_role(v_use.organization_id, 'MEMBER');
  v_key := cloakroom_private.opened_key(v_use.provider_key_id);
  select * into v_use from cloakroom.provider_key_uses u where u.id = v_use.id for update;
  if v_use.opened_at is not null or v_use.ended_at is not null
    or v_use.begun_at < clock_timestamp() - interval '10 minutes' then
    raise exception 'This use is over: begin another.' using errcode = 'CR409';
  end if;
  v_answer := row(v_key.id, v_key.provider, v_key.base_url, cloakroom_private.read_secret(v_key.secret_id));
  v_event := cloakroom_private.append_provider_key_event(
    v_key, 'PROVIDER_KEY_USED', null, jsonb_build_object('model', v_use.model));
  update cloakroom.provider_key_uses u set opened_at = v_event.occurred_at, audit_event_id = v_event.id
  where u.id = v_use.id;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
