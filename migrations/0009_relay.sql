-- What the relay handed in. Chats and handles are found by keyed hash; names, numbers and text are sealed under the
-- conversation's own key.

set local role cloakroom_owner;

create table cloakroom.conversations (
  id uuid primary key default gen_random_uuid(),
  chat_hash bytea not null unique,
  chat_sealed text not null,
  mode text not null check (mode in ('DIRECT', 'GROUP')),
  data_key_id uuid not null,
  created_at timestamptz not null default now(),
  last_message_at timestamptz not null
);

create table cloakroom.participants (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references cloakroom.conversations on delete cascade,
  handle_hash bytea not null,
  handle_sealed text not null,
  handle_mask text not null,
  created_at timestamptz not null default clock_timestamp(),
  unique (conversation_id, handle_hash)
);
create index on cloakroom.participants (handle_hash);

create table cloakroom.messages (
  id uuid primary key default gen_random_uuid(),
  sequence bigint not null generated always as identity,
  conversation_id uuid not null references cloakroom.conversations on delete cascade,
  relay_id_hash bytea unique,
  sender_sealed text not null,
  sender_mask text not null,
  text_sealed text not null,
  sent_at timestamptz not null,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  created_at timestamptz not null default now()
);
create index on cloakroom.messages (conversation_id, sent_at, sequence);

-- Binds a webhook-id to its body and keeps the first answer to each input in it: one request may hold several. The
-- hashes are keyed, for a body can be guessed.
create table cloakroom.relay_inbox (
  webhook_id_hash bytea not null,
  input_hash bytea not null,
  body_hash bytea not null,
  message_id uuid not null,
  conversation_id uuid not null,
  is_duplicate boolean not null,
  received_at timestamptz not null default now(),
  primary key (webhook_id_hash, input_hash)
);

create type cloakroom_api.ingested_message as (message_id uuid, conversation_id uuid, duplicate boolean);
create type cloakroom_api.conversation as (
  id uuid,
  chat_guid text, -- masked
  mode text,
  participants text[], -- masked
  last_message_at timestamptz
);
create type cloakroom_api.message as (
  id uuid, conversation_id uuid,
  sender text, -- masked
  text text, sent_at timestamptz, direction text, sequence bigint
);

reset role;
