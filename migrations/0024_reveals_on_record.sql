-- What is handed out in the open goes, to whoever calls without the server's dispatcher, in two calls: the first writes the
-- event and answers its id, the second names it.

set local role cloakroom_owner;

-- recorded_event_id: with which to ask once more, within a minute
alter type cloakroom_api.revealed_cell add attribute recorded_event_id uuid;
comment on type cloakroom_api.revealed_cell is 'nullable: retry_after, value, recorded_event_id';
alter type cloakroom_api.taken_provider_key add attribute recorded_event_id uuid;
comment on type cloakroom_api.taken_provider_key is
  'nullable: use_id, provider_key_id, provider, base_url, models, organization_models, api_key, choices, tokens_limited, recorded_event_id';
alter type cloakroom_api.opened_integration add attribute recorded_event_id uuid;
comment on type cloakroom_api.opened_integration is 'nullable: access_token, recorded_event_id';
alter type cloakroom_api.integration_refresh add attribute recorded_event_id uuid;
comment on type cloakroom_api.integration_refresh is 'nullable: lease_id, refresh_token, retry_after, recorded_event_id';
alter type cloakroom_api.integration_tokens add attribute recorded_event_id uuid;
comment on type cloakroom_api.integration_tokens is 'nullable: access_token, refresh_token, recorded_event_id';

-- The event of the call that opened it.
alter table cloakroom.integration_uses add column audit_event_id uuid;

reset role;
