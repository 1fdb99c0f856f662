-- A member's leave to make one request with a provider key, and the key in the open: the one of this id, or else the
-- newest active one of the provider. One round trip and one flush stand between a question and the model that answers
-- it; the use and its one PROVIDER_KEY_USED are written in the same transaction, and where it is refused nothing is.
-- `tokens_reserved` is the most that the request can take, and counts until the use ends; 0 with no model for asking which
-- models there are. Where neither key nor provider is named and there are several keys, or a provider may stand before the
-- model's name, only their choices are answered. Uses of one organization begin one after the other: none is counted past
-- a limit. The server alone, for a MEMBER whose session this is: CR401 where it has ended, CR404 for a key that is not the
-- organization's, CR409 for one that may not be used, CR422 where there is none, CR403 for a model that is not allowed,
-- CR429 with the seconds to wait.
-- To whoever calls without the server's dispatcher, who could still undo the use when they have the key, all but the key is
-- answered; a second call within a minute, which names the event as `recorded_event_id`, opens that use and counts nothing.
-- Role, key and session are asked for anew: CR409 for a use that has ended, is older, or another's.
create or replace function cloakroom_api.take_provider_key(
  user_id uuid, session_id uuid, organization_id uuid, provider_key_id uuid default null, provider text default null,
  model text default null, tokens_reserved integer default 0, recorded_event_id uuid default null
) returns cloakroom_api.taken_provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_use cloakroom.provider_key_uses;
  v_key cloakroom.provider_keys;
  v_over_all cloakroom.usage_limits;
  v_api_key text;
  v_choices cloakroom_api.provider_key_choice[];
  v_recorded_event_id uuid;
begin
  perform cloakroom_private.act_for(take_provider_key.user_id, take_provider_key.session_id);
  perform from cloakroom.organizations o where o.id = take_provider_key.organization_id for key share;
  v_use.actor_id := cloakroom_private.require_role(take_provider_key.organization_id, 'MEMBER');
  if recorded_event_id is not null then
    v_use := cloakroom_private.use_on_record(
      take_provider_key.recorded_event_id, take_provider_key.organization_id, take_provider_key.session_id);
  else
    v_use.session_id := take_provider_key.session_id;
    v_use.model := cloakroom_private.require_model(model);
    v_use.tokens_reserved := coalesce(take_provider_key.tokens_reserved, 0);
    if v_use.tokens_reserved < 0 then
      perform cloakroom_private.refuse_input('input.maxTokens', 'This must not be negative.');
    end if;
    if provider_key_id is null and provider is null then
      v_choices := cloakroom_private.usable_provider_keys(take_provider_key.organization_id);
      if cardinality(v_choices) > 1 or cardinality(v_choices) > 0 and model like '%/%' then
        return row(null, null, null, null, null, null, null, v_choices, null, null)::cloakroom_api.taken_provider_key;
      end if;
    end if;
    perform pg_advisory_xact_lock(cloakroom_private.usage_lock(take_provider_key.organization_id));
  end if;
  v_key := cloakroom_private.locked_key_for_use(take_provider_key.organization_id,
    coalesce(v_use.provider_key_id, take_provider_key.provider_key_id), take_provider_key.provider);
  -- Whoever was removed or signed out while this waited for those locks is refused as they are now.
  if not coalesce(cloakroom_private.is_at_least(
    cloakroom_private.caller_role(take_provider_key.organization_id), 'MEMBER'), false) then
    perform cloakroom_private.require_role(take_provider_key.organization_id, 'MEMBER');
  end if;
  select * into v_over_all from cloakroom.usage_limits l where l.organization_id = v_key.organization_id;
  if v_use.id is null then
    perform cloakroom_private.refuse_over_limits(
      v_key, v_over_all, v_use.model, v_use.tokens_reserved, clock_timestamp());
  end if;
  v_api_key := cloakroom_private.opened_key(v_key);
  if v_use.id is null then
    v_use := cloakroom_private.recorded_key_use(v_use, v_key);
    v_recorded_event_id := case when not cloakroom_private.is_dispatched() then v_use.audit_event_id end;
  end if;
  return row(v_use.id, v_key.id, v_key.provider, v_key.base_url, v_key.models, v_over_all.models,
    case when v_recorded_event_id is null then v_api_key end, null,
    num_nonnulls(v_key.tokens_per_day, v_over_all.tokens_per_day) > 0, v_recorded_event_id)::cloakroom_api.taken_provider_key;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
