-- What a member needs to know of provider keys to choose one (no address, no label, nothing of the key), and what the
-- server needs for one request with it.

set local role cloakroom_owner;

create type cloakroom_api.provider_key_choice as (
  id uuid, provider text,
  models text[] -- names, or beginnings with a * behind them
);
comment on type cloakroom_api.provider_key_choice is 'nullable: models';
create type cloakroom_api.taken_provider_key as (
  use_id uuid, provider_key_id uuid, provider text, base_url text,
  models text[], organization_models text[],
  api_key text, -- in the open
  choices cloakroom_api.provider_key_choice[] -- where one has to be named first; all else is null then
);
comment on type cloakroom_api.taken_provider_key is
  'nullable: use_id, provider_key_id, provider, base_url, models, organization_models, api_key, choices';

reset role;
