-- What kind of event a delivery says it is, and a payload to the character where one is asked for.

set local role cloakroom_owner;

-- Null for events from before, and where a delivery says nothing of it.
alter table cloakroom.webhook_events add column event_type_sealed text;

-- GitHub's alone, whose type stands beside the body. Null for deliveries from before: those are known under any type.
alter table cloakroom.webhook_deliveries add column event_type_hash bytea;

alter type cloakroom_api.webhook_event
  add attribute event_type text,
  add attribute raw_payload text; -- in payload's place where it is asked for
comment on type cloakroom_api.webhook_event is 'nullable: message_id, event_type, raw_payload';

reset role;
