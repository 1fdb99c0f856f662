-- Outside services that an organization has connected: their OAuth tokens in the vault, and what is under way with them.

set local role cloakroom_owner;

create table cloakroom.integrations (
  id uuid primary key,
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  service text not null,
  account text check (length(account) <= 200),
  scopes text[] not null,
  -- In vault.secrets.
  access_secret_id uuid not null,
  refresh_secret_id uuid,
  -- Of the access token; null where nobody said.
  expires_at timestamptz,
  -- From when on the token is to be replaced: before it ends.
  refresh_at timestamptz,
  status text not null check (status in ('ACTIVE', 'NEEDS_RECONNECT')),
  created_at timestamptz not null,
  created_by uuid,
  last_used_at timestamptz,
  -- Goes up with each new token: tells the one that a service refused from the one that stands here by now.
  token_version integer not null,
  -- Who is refreshing, and until when nobody else may try.
  lease_id uuid,
  lease_until timestamptz,
  -- Refreshes that failed one after the other, and when the next may be tried.
  failures integer not null,
  retry_at timestamptz,
  -- When the server last got the token that stands here; null for one that came from elsewhere.
  renewed_at timestamptz
);
create index on cloakroom.integrations (organization_id, created_at);
create index on cloakroom.integrations (refresh_at) where status = 'ACTIVE' and refresh_secret_id is not null;

-- One call that a member may make, or one deletion, between the member's leave and the server's reading of the token.
create table cloakroom.integration_uses (
  id uuid primary key,
  integration_id uuid not null references cloakroom.integrations on delete cascade,
  organization_id uuid not null,
  purpose text not null check (purpose in ('use', 'deletion')),
  user_id uuid not null,
  session_id uuid not null,
  method text,
  opened_at timestamptz,
  expires_at timestamptz not null
);
create index on cloakroom.integration_uses (integration_id);
create index on cloakroom.integration_uses (expires_at);

-- OAuth code flows between their two legs. The state is a keyed hash, the PKCE verifier is sealed at `flow:<id>`.
create table cloakroom.integration_flows (
  id uuid primary key,
  state_hash bytea not null unique,
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  service text not null,
  scopes text[] not null,
  verifier_sealed text not null,
  user_id uuid not null,
  session_id uuid not null,
  expires_at timestamptz not null,
  taken_at timestamptz
);
create index on cloakroom.integration_flows (organization_id, expires_at);

create type cloakroom_api.integration as (
  id uuid, organization_id uuid, service text, account text, scopes text[],
  access_token text, -- masked
  expires_at timestamptz, status text, created_at timestamptz
);
comment on type cloakroom_api.integration is 'nullable: account, expires_at';

create type cloakroom_api.integration_flow as (
  state text,
  verifier text, -- PKCE, 43 characters
  expires_at timestamptz
);
create type cloakroom_api.taken_flow as (
  outcome text, -- taken, unknown, expired, forbidden, other_person
  flow_id uuid, organization_id uuid, service text, scopes text[], verifier text
);
comment on type cloakroom_api.taken_flow is 'nullable: flow_id, organization_id, service, scopes, verifier';

create type cloakroom_api.integration_use as (use_id uuid, integration_id uuid, organization_id uuid, service text);
create type cloakroom_api.opened_integration as (
  outcome text, -- ready, refresh_first, refused, needs_reconnect
  integration_id uuid, service text, access_token text, token_version integer,
  refresh_due boolean -- the token still holds, but not for long
);
comment on type cloakroom_api.opened_integration is 'nullable: access_token';
create type cloakroom_api.integration_tokens as (service text, access_token text, refresh_token text);
comment on type cloakroom_api.integration_tokens is 'nullable: refresh_token';
create type cloakroom_api.integration_refresh as (
  outcome text, -- refresh, fresh, wait, cooling, needs_reconnect
  organization_id uuid, service text, lease_id uuid, refresh_token text, token_version integer,
  retry_after integer -- seconds
);
comment on type cloakroom_api.integration_refresh is 'nullable: lease_id, refresh_token, retry_after';

reset role;
