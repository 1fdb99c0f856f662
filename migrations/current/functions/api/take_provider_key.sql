-- begin_provider_key_use and open_provider_key_use at once, for the person of this session: one round trip and one flush
-- between a question and the model that answers it. Refuses as they do, and then nothing has happened. Where neither key
-- nor provider is named and there are several, or a provider may stand before the model's name, only their choices are
-- answered. The server alone.
create or replace function cloakroom_api.take_provider_key(
  user_id uuid, session_id uuid, organization_id uuid, provider_key_id uuid default null, provider text default null,
  model text default null, tokens_reserved integer default 0
) returns cloakroom_api.taken_provider_key
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set work_mem = '1GB' as $$
declare
  v_begun cloakroom_api.begun_provider_key_use;
  v_opened cloakroom_api.opened_provider_key;
  v_choices cloakroom_api.provider_key_choice[];
begin
  perform cloakroom_private.act_for(take_provider_key.user_id, take_provider_key.session_id);
  if provider_key_id is null and provider is null then
    v_choices := array(select c from cloakroom_api.provider_key_choices(take_provider_key.organization_id) c);
    if cardinality(v_choices) > 1 or cardinality(v_choices) > 0 and model like '%/%' then
      return row(null, null, null, null, null, null, null, v_choices)::cloakroom_api.taken_provider_key;
    end if;
  end if;
  v_begun := cloakroom_api.begin_provider_key_use(take_provider_key.organization_id, take_provider_key.provider_key_id,
    take_provider_key.provider, take_provider_key.model, take_provider_key.tokens_reserved);
  v_opened := cloakroom_api.open_provider_key_use(v_begun.use_id);
  return row(v_begun.use_id, v_opened.provider_key_id, v_opened.provider, v_opened.base_url, v_begun.models,
    v_begun.organization_models, v_opened.api_key, null)::cloakroom_api.taken_provider_key;
exception when others then
  if sqlstate like 'CR%' then raise; end if;
  perform cloakroom_private.refuse_quietly(sqlstate, sqlerrm);
  return null;
end $$;
