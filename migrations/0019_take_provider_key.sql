-- A key is taken in one call: its two halves, of which the server used neither by itself, are gone with their row types.

set local role cloakroom_owner;

drop function if exists cloakroom_api.begin_provider_key_use(uuid, uuid, text, text, integer);
drop function if exists cloakroom_api.open_provider_key_use(uuid);
drop type cloakroom_api.begun_provider_key_use;
drop type cloakroom_api.opened_provider_key;

alter type cloakroom_api.taken_provider_key
  add attribute tokens_limited boolean; -- whether the key or its organization has a budget of tokens
comment on type cloakroom_api.taken_provider_key is
  'nullable: use_id, provider_key_id, provider, base_url, models, organization_models, api_key, choices, tokens_limited';

reset role;
