-- Credentials of clients that have only a session secret. Tokens here are made by the server under keys that only the
-- session derives; nothing in the database opens them.

set local role cloakroom_owner;

create table cloakroom.threads (
  user_identifier_hash text primary key check (user_identifier_hash ~ '^[0-9a-f]{64}$'),
  -- Null where disconnected and only the progress was kept.
  connected_at timestamptz,
  thread_url_token text,
  thread_url_salt text,
  current_day integer check (current_day >= 0),
  progress_token text,
  progress_salt text,
  -- Null where no progress was ever saved.
  thread_updated_at timestamptz,
  created_at timestamptz not null default now()
);

create table cloakroom.thread_credentials (
  user_identifier_hash text not null references cloakroom.threads on delete cascade,
  name text not null check (length(name) between 1 and 200),
  token text not null,
  salt text not null,
  updated_at timestamptz not null default now(),
  primary key (user_identifier_hash, name)
);

create type cloakroom_api.thread_account as (
  connected_at timestamptz,
  credentials jsonb, -- [{name, token, salt, updatedAt}]
  thread jsonb -- {threadUrlToken, threadUrlSalt, currentDay, progressToken, progressSalt, updatedAt} or null
);
create type cloakroom_api.disconnection as (disconnected boolean, credentials_deleted integer);

reset role;
