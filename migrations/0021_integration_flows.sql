-- A flow that a browser began by its cookie ends in that browser. The page at its end names the organization.

set local role cloakroom_owner;

alter table cloakroom.integration_flows add column is_begun_by_cookie boolean not null default false;

-- outcome: taken, unknown, expired, forbidden, other_person, other_browser
alter type cloakroom_api.taken_flow add attribute organization_name text;
comment on type cloakroom_api.taken_flow is
  'nullable: flow_id, organization_id, service, scopes, verifier, organization_name';

reset role;
