-- Credentials of clients that have only a session secret. Tokens here are made by the server under keys that only the
-- session derives; nothing in the database opens them.

set local role cloakroom_owner;

create table cloakroom.threads (
  user_identifier_hash text primary key check (user_identifier_hash ~ '^[0-9a-f]{64}$'),
  -- Null where disconnected and only the progress was kept.
  connected_at timestamptz,
  thread_url_token text check (length(thread_url_token) <= 12000),
  thread_url_salt text,
  current_day integer check (current_day >= 0),
  progress_token text check (length(progress_token) <= 350000),
  progress_salt text,
  -- Null where no progress was ever saved.
  thread_updated_at timestamptz,
  created_at timestamptz not null default now()
);

create table cloakroom.thread_credentials (
  user_identifier_hash text not null references cloakroom.threads on delete cascade,
  name text not null check (length(name) between 1 and 200),
  -- A Fernet token of at most 16 KiB.
  token text not null check (length(token) <= 22000),
  salt text not null,
  updated_at timestamptz not null default now(),
  primary key (user_identifier_hash, name)
);

create type cloakroom_api.thread_credential as (name text, token text, salt text, updated_at timestamptz);
create type cloakroom_api.thread_progress as (
  thread_url_token text, thread_url_salt text,
  current_day integer,
  progress_token text, progress_salt text,
  updated_at timestamptz
);
comment on type cloakroom_api.thread_progress is 'nullable: thread_url_token, thread_url_salt, current_day, progress_token, progress_salt';
create type cloakroom_api.thread_account as (
  connected_at timestamptz,
  credentials cloakroom_api.thread_credential[], -- by name
  thread cloakroom_api.thread_progress -- null where none was ever saved
);
comment on type cloakroom_api.thread_account is 'nullable: thread';
create type cloakroom_api.disconnection as (disconnected boolean, credentials_deleted integer);

reset role;
