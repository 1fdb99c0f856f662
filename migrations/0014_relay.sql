-- When a participant was taken out of a group, and which participant is the account that the relay runs on. What the inbox
-- keeps is found by age, to be forgotten.

set local role cloakroom_owner;

alter table cloakroom.participants
  add column left_at timestamptz,
  add column is_relay boolean not null default false;
comment on column cloakroom.participants.left_at is 'They read what was sent before it; null while they take part.';
comment on column cloakroom.participants.is_relay is 'The relay''s own account: in every chat that it hands in, listed or not.';

create index on cloakroom.relay_inbox (received_at);

reset role;
