-- The chained log. Events have no foreign keys: they stay when what they speak of is gone.

set local role cloakroom_owner;

create table cloakroom.audit_events (
  organization_id uuid not null,
  sequence integer not null check (sequence > 0),
  id uuid not null unique,
  action text not null,
  actor_id uuid,
  target_type text not null,
  target_id uuid not null,
  reason text check (length(reason) <= 2000),
  details jsonb not null,
  ip_sealed text,
  occurred_at timestamptz not null,
  previous_hash text not null,
  hash text not null,
  primary key (organization_id, sequence)
);

-- The end of each chain, so that a cut tail is seen, and the lock by which appends take turns.
create table cloakroom.audit_heads (
  organization_id uuid primary key,
  sequence integer not null,
  hash text not null
) with (fillfactor = 50); -- each append is an update, which then stays within its page

create type cloakroom_api.audit_event as (
  id uuid, organization_id uuid, sequence integer, action text, actor_id uuid, actor_name text,
  target_type text, target_id uuid, reason text, details jsonb,
  ip_address text, -- masked
  occurred_at timestamptz, hash text, previous_hash text
);
comment on type cloakroom_api.audit_event is 'nullable: actor_id, actor_name, reason, ip_address';
create type cloakroom_api.audit_verification as (valid boolean, events_checked integer, first_invalid integer);
comment on type cloakroom_api.audit_verification is 'nullable: first_invalid';

reset role;
