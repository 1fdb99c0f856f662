-- Signed inbound webhooks: endpoints, what they received, and which ids came when.

set local role cloakroom_owner;

create table cloakroom.webhook_endpoints (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  name text not null check (length(name) between 1 and 200),
  style text not null check (style in ('STANDARD', 'GITHUB', 'STRIPE')),
  -- Both in vault.secrets. The previous one signs until its time is over.
  secret_id uuid not null,
  previous_secret_id uuid,
  previous_secret_until timestamptz,
  created_at timestamptz not null default now(),
  last_delivery_at timestamptz,
  -- Of the newest event; each delivery counts it up under the row's lock.
  last_sequence bigint not null default 0,
  constraint a_previous_secret_ends check ((previous_secret_id is null) = (previous_secret_until is null))
);
create index on cloakroom.webhook_endpoints (organization_id, created_at);

create table cloakroom.webhook_events (
  id uuid primary key,
  organization_id uuid not null,
  endpoint_id uuid not null references cloakroom.webhook_endpoints on delete cascade,
  sequence bigint not null,
  message_id_sealed text not null,
  payload_sealed text not null,
  received_at timestamptz not null,
  constraint events_of_an_endpoint_are_numbered unique (endpoint_id, sequence)
);
create index on cloakroom.webhook_events (received_at);

-- Binds a sender's id to its body, and to the event that answers it, for longer than the event may be kept. The hashes
-- are keyed, for ids and bodies can be guessed.
create table cloakroom.webhook_deliveries (
  endpoint_id uuid not null references cloakroom.webhook_endpoints on delete cascade,
  message_id_hash bytea not null,
  body_hash bytea not null,
  event_id uuid not null,
  -- Null where nothing but this keeps an old delivery out: GitHub signs no time.
  forget_at timestamptz,
  primary key (endpoint_id, message_id_hash)
);
create index on cloakroom.webhook_deliveries (endpoint_id, body_hash);
create index on cloakroom.webhook_deliveries (forget_at) where forget_at is not null;

create type cloakroom_api.webhook_endpoint as (
  id uuid, organization_id uuid, name text, style text, path text, created_at timestamptz, last_delivery_at timestamptz,
  previous_secret_until timestamptz
);
comment on type cloakroom_api.webhook_endpoint is 'nullable: last_delivery_at, previous_secret_until';
create type cloakroom_api.new_webhook_endpoint as (
  endpoint cloakroom_api.webhook_endpoint,
  secret text -- in the open, this once
);
create type cloakroom_api.webhook_event as (
  id uuid, endpoint_id uuid, message_id text, payload json, received_at timestamptz, sequence bigint
);
create type cloakroom_api.webhook_receipt as (
  outcome text, -- received, refused
  event_id uuid
);
comment on type cloakroom_api.webhook_receipt is 'nullable: event_id';

reset role;
