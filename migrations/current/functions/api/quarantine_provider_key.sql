-- Takes a provider key out of use at once: when this has returned, it is decrypted for nobody any more, also not for a use
-- that began before. Answers its recent uses, and how many requests that hold it may still be under way upstream. Again,
-- it changes nothing and answers the same. ADMIN. Audited.
create or replace function cloakroom_api.quarantine_provider_key(provider_key_id uuid, reason text default null)
returns cloakroom_api.quarantined_provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
  v_reason text;
  v_answer cloakroom_api.quarantined_provider_key;
  v_is_new boolean;
begin
  -- Whoever opens the key holds the same lock: the list below is all there is.
  v_key := cloakroom_private.locked_provider_key(quarantine_provider_key.provider_key_id);
  v_reason := nullif(btrim(reason, E' \t\n\r'), '');
  if length(v_reason) > 2000 then
    perform cloakroom_private.refuse_input('reason', 'A reason may have at most 2,000 characters.');
  end if;
  v_is_new := v_key.quarantined_at is null;
  if v_is_new then
    v_key.quarantined_at := clock_timestamp();
    v_key.is_active := false;
    update cloakroom.provider_keys k set quarantined_at = v_key.quarantined_at, is_active = false where k.id = v_key.id;
  end if;
  v_answer.provider_key := cloakroom_private.provider_key_row(v_key);
  v_answer.uses_under_way := (
    select count(*) from cloakroom.provider_key_uses u
    where u.organization_id = v_key.organization_id and u.provider_key_id = v_key.id and u.ended_at is null
      and u.opened_at is not null and u.begun_at > clock_timestamp() - interval '11 minutes');
  v_answer.recent_uses := array(select r from cloakroom_private.recent_uses(v_key) r);
  if v_is_new then
    perform cloakroom_private.append_provider_key_event(v_key, 'PROVIDER_KEY_QUARANTINED', v_reason);
  end if;
  return v_answer;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
