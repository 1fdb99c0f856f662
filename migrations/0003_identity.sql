-- People and their sign-ins. Phone numbers stand here sealed, as a mask, and as a keyed hash to be found by; codes and
-- refresh tokens stand here as hashes alone.

set local role cloakroom_owner;

create table cloakroom.settings (
  is_only boolean primary key default true check (is_only),
  otp_ttl_seconds integer not null default 600,
  otp_resend_seconds integer not null default 60,
  otp_max_attempts integer not null default 5,
  otp_per_phone_per_hour integer not null default 5,
  otp_per_address_per_hour integer not null default 30,
  session_days integer not null default 7,
  session_remember_days integer not null default 90,
  reveals_per_minute integer not null default 60
);
comment on table cloakroom.settings is 'The limits that functions enforce; the server writes its own at start.';
insert into cloakroom.settings default values;

create table cloakroom.users (
  id uuid primary key default gen_random_uuid(),
  name text check (length(name) between 1 and 200),
  phone_hash bytea unique,
  phone_sealed text,
  phone_mask text,
  data_key_id uuid not null,
  created_at timestamptz not null default now()
);

create table cloakroom.sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references cloakroom.users on delete cascade,
  is_remembered boolean not null,
  user_agent text check (length(user_agent) <= 400),
  ip_sealed text,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index on cloakroom.sessions (user_id, created_at desc);

create table cloakroom.refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references cloakroom.sessions on delete cascade,
  parent_hash bytea,
  created_at timestamptz not null default now(),
  rotated_at timestamptz
);
create unique index one_live_refresh_token_per_session on cloakroom.refresh_tokens (session_id) where rotated_at is null;
create index on cloakroom.refresh_tokens (session_id);

create table cloakroom.verification_codes (
  id uuid primary key default gen_random_uuid(),
  phone_hash bytea not null,
  address_hash bytea,
  code_hash bytea not null,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on cloakroom.verification_codes (phone_hash, created_at desc);
create index on cloakroom.verification_codes (address_hash, created_at desc);
create index on cloakroom.verification_codes (created_at);

create type cloakroom_api.verification_challenge as (
  outcome text, -- sent | rate_limited
  retry_after integer, -- seconds
  code text, -- for the SMS alone
  phone text, -- masked
  expires_at timestamptz,
  resend_at timestamptz
);
comment on type cloakroom_api.verification_challenge is 'nullable: retry_after, code, phone, expires_at, resend_at';
create type cloakroom_api.session as (
  id uuid, created_at timestamptz, last_used_at timestamptz, expires_at timestamptz,
  remember_me boolean, current boolean, user_agent text,
  ip_address text -- masked
);
comment on type cloakroom_api.session is 'nullable: user_agent, ip_address';
create type cloakroom_api.profile as (id uuid, name text, phone text, created_at timestamptz);
comment on type cloakroom_api.profile is 'nullable: name, phone';
create type cloakroom_api.sign_in as (
  outcome text, -- signed_in | invalid_code (confirm_verification); refreshed | refused | reused (refresh_session)
  refresh_token text,
  session cloakroom_api.session,
  profile cloakroom_api.profile
);
comment on type cloakroom_api.sign_in is 'nullable: refresh_token, session, profile';

reset role;
