-- What a Supabase project needs beside the rest.

set local role cloakroom_owner;

-- The server's key for proving the client's address on calls that carry the user's own token: see client_address().
alter table cloakroom.settings add column address_key bytea check (octet_length(address_key) = 32);

-- Sessions of Supabase Auth are taken over at their first call. One whose row was deleted here must not come back by a
-- token that still names it: its id stays, for as long as Supabase Auth might renew that token, which is for ever.
create table cloakroom.ended_sessions (
  session_id uuid primary key,
  ended_at timestamptz not null default now()
);

reset role;
