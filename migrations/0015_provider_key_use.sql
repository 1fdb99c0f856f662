-- Provider keys in use: who used which, how much may be used, and what is kept from use.

set local role cloakroom_owner;

alter table cloakroom.provider_keys
  -- A keyed hash by which a key that the organization has already is found. Null for keys from before there was one,
  -- until the organization stores its next.
  add column fingerprint bytea,
  -- What the key's shape says, where `provider` is a name of the organization's own.
  add column suggested_provider text,
  add column quarantined_at timestamptz,
  -- Null: without a limit.
  add column requests_per_minute integer check (requests_per_minute > 0),
  add column tokens_per_day integer check (tokens_per_day > 0),
  add column models text[] check (cardinality(models) > 0),
  add constraint a_quarantined_key_is_inactive check (quarantined_at is null or not is_active);
create index on cloakroom.provider_keys (organization_id, fingerprint);

-- What an organization may use over all its keys; without a row, anything.
create table cloakroom.usage_limits (
  organization_id uuid primary key references cloakroom.organizations on delete cascade,
  requests_per_minute integer check (requests_per_minute > 0),
  tokens_per_day integer check (tokens_per_day > 0),
  models text[] check (cardinality(models) > 0)
);

-- One request to a provider each. Uses outlive their key, whose tokens stay counted, and are forgotten after a month;
-- the audit log has them for good. No foreign key to provider_keys: ending a use never waits for a deletion.
create table cloakroom.provider_key_uses (
  id uuid primary key,
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  provider_key_id uuid not null,
  actor_id uuid not null,
  session_id uuid not null,
  model text check (length(model) <= 200),
  -- What it may take at most; counts until the use ends, or ten minutes.
  tokens_reserved integer not null check (tokens_reserved >= 0),
  begun_at timestamptz not null,
  -- When the key was decrypted for it, and the event that says so.
  opened_at timestamptz,
  audit_event_id uuid unique,
  ended_at timestamptz,
  input_tokens integer check (input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  outcome text check (outcome in ('COMPLETED', 'UPSTREAM_ERROR', 'ABORTED', 'FAILED'))
);
create index on cloakroom.provider_key_uses (organization_id, begun_at);
create index on cloakroom.provider_key_uses (organization_id, begun_at) where ended_at is null;

-- Tokens of the uses that have ended, by the UTC day on which each began. Made after provider_key_uses: a deletion of
-- the organization then locks both in the order of whoever ends a use.
create table cloakroom.provider_key_tokens (
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  day date not null,
  provider_key_id uuid not null,
  tokens bigint not null default 0,
  primary key (organization_id, day, provider_key_id)
) with (fillfactor = 50); -- each end of a use is an update, which then stays within its page

-- By which the uses of one key are found in a long log.
create index on cloakroom.audit_events (target_id, sequence) where action = 'PROVIDER_KEY_USED';

create type cloakroom_api.usage_limits as (requests_per_minute integer, tokens_per_day integer, models text[]);
comment on type cloakroom_api.usage_limits is 'nullable: requests_per_minute, tokens_per_day, models';
create type cloakroom_api.organization_usage_limits as (organization_id uuid, limits cloakroom_api.usage_limits);

alter type cloakroom_api.provider_key
  add attribute suggested_provider text,
  add attribute quarantined_at timestamptz,
  add attribute limits cloakroom_api.usage_limits;
comment on type cloakroom_api.provider_key is
  'nullable: label, base_url, created_by, last_used_at, suggested_provider, quarantined_at';

create type cloakroom_api.provider_key_rotation as (provider_key_id uuid, provider text, base_url text);
comment on type cloakroom_api.provider_key_rotation is 'nullable: base_url';
create type cloakroom_api.begun_provider_key_use as (
  use_id uuid, provider_key_id uuid, provider text, base_url text,
  models text[], organization_models text[] -- what may be used, as names or beginnings with a *
);
comment on type cloakroom_api.begun_provider_key_use is 'nullable: base_url, models, organization_models';
create type cloakroom_api.opened_provider_key as (
  provider_key_id uuid, provider text, base_url text,
  api_key text -- in the open
);
comment on type cloakroom_api.opened_provider_key is 'nullable: base_url';
create type cloakroom_api.provider_key_use as (
  audit_event_id uuid, used_at timestamptz, actor_id uuid, actor_name text, model text,
  input_tokens integer, output_tokens integer, outcome text,
  ip_address text, -- masked
  handed_out boolean -- whether the service role took the key itself
);
comment on type cloakroom_api.provider_key_use is
  'nullable: actor_id, actor_name, model, input_tokens, output_tokens, outcome, ip_address';
create type cloakroom_api.quarantined_provider_key as (
  provider_key cloakroom_api.provider_key,
  uses_under_way integer,
  recent_uses cloakroom_api.provider_key_use[] -- newest first
);

reset role;
