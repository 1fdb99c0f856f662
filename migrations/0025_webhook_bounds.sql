-- How much an endpoint's events hold, so that the oldest can go where it becomes too much.

set local role cloakroom_owner;

-- Bytes of all payloads that ever came, up to the newest event and up to each one. Where events were stored before, 0.
alter table cloakroom.webhook_endpoints add column bytes_so_far bigint not null default 0;
alter table cloakroom.webhook_events add column bytes_so_far bigint not null default 0;

reset role;
