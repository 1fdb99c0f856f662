-- A member's leave to make one request with a provider key: the one of this id, or else the newest active one (of the
-- provider, where one is named). `tokens_reserved` is the most that it can take, and counts until the use ends or ten
-- minutes are over; 0 with no model for asking which models there are. MEMBER. CR404 for a key that is not the
-- organization's, CR409 for one that may not be used, CR422 where there is none, CR403 for a model that is not allowed,
-- CR429 with the seconds to wait. Uses of one organization begin one after the other: none is counted past a limit.
create or replace function cloakroom_api.begin_provider_key_use(
  organization_id uuid, provider_key_id uuid default null, provider text default null, model text default null,
  tokens_reserved integer default 0
) returns cloakroom_api.begun_provider_key_use
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_key cloakroom.provider_keys;
  v_over_all cloakroom.usage_limits;
  v_use cloakroom.provider_key_uses;
begin
  perform cloakroom_private.require_caller();
  perform from cloakroom.organizations o where o.id = begin_provider_key_use.organization_id for key share;
  v_use.actor_id := cloakroom_private.require_role(begin_provider_key_use.organization_id, 'MEMBER');
  v_use.model := cloakroom_private.require_model(model);
  v_use.tokens_reserved := coalesce(begin_provider_key_use.tokens_reserved, 0);
  if v_use.tokens_reserved < 0 then
    perform cloakroom_private.refuse_input('input.maxTokens', 'This must not be negative.');
  end if;
  perform pg_advisory_xact_lock(cloakroom_private.usage_lock(begin_provider_key_use.organization_id));
  v_key := cloakroom_private.usable_provider_key(begin_provider_key_use.organization_id,
    begin_provider_key_use.provider_key_id, begin_provider_key_use.provider);
  select * into v_over_all from cloakroom.usage_limits l where l.organization_id = v_key.organization_id;
  v_use.begun_at := clock_timestamp();
  perform cloakroom_private.refuse_over_limits(v_key, v_over_all, v_use.model, v_use.tokens_reserved, v_use.begun_at);
  v_use.id := gen_random_uuid();
  v_use.organization_id := v_key.organization_id;
  v_use.provider_key_id := v_key.id;
  v_use.session_id := cloakroom_private.claim('session_id')::uuid;
  insert into cloakroom.provider_key_uses values (v_use.*);
  insert into cloakroom.provider_key_tokens values (
    v_key.organization_id, (v_use.begun_at at time zone 'UTC')::date, v_key.id) on conflict do nothing;
  return row(v_use.id, v_key.id, v_key.provider, v_key.base_url, v_key.models, v_over_all.models)
    ::cloakroom_api.begun_provider_key_use;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
