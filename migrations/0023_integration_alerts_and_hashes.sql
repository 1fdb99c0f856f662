-- Whoever has to connect a service again is told so, also where a server ends between knowing it and saying it. And a token
-- that two integrations hold is known as one.

set local role cloakroom_owner;

-- From when on somebody is to be told that this one needs its user; null where nobody is, or was.
alter table cloakroom.integrations add column alert_due_at timestamptz;
create index on cloakroom.integrations (alert_due_at) where alert_due_at is not null;

-- What ends without a refresh token is looked for beside what is due.
drop index cloakroom.integrations_refresh_at_idx;
create index on cloakroom.integrations (refresh_at) where status = 'ACTIVE';

-- Keyed hashes of the tokens; null for what was stored before there were any.
alter table cloakroom.integrations add column access_hash bytea, add column refresh_hash bytea;
create index on cloakroom.integrations (access_hash);
create index on cloakroom.integrations (refresh_hash);

-- token_version: of the token that was the last.
create type cloakroom_api.integration_alert as (integration_id uuid, organization_id uuid, token_version integer);

reset role;
