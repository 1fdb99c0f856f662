-- When a session ends that nobody uses, and when its person last proved who they are. What has ended is found by index, to
-- be forgotten.

set local role cloakroom_owner;

alter table cloakroom.settings
  add column session_idle_days integer not null default 30,
  add column reveal_max_auth_age_seconds integer not null default 0;
comment on column cloakroom.settings.session_idle_days is '0: an unused session lasts to its end.';
comment on column cloakroom.settings.reveal_max_auth_age_seconds is '0: a session''s code never grows too old.';

-- Fixed when the session begins, as its end is.
alter table cloakroom.sessions
  add column idle_limit interval not null default interval '3650 days',
  add column authenticated_at timestamptz;
comment on column cloakroom.sessions.authenticated_at is 'Its last one-time code; null where there was none.';
-- The owner itself is under row security, and no caller is there to be let through.
alter table cloakroom.sessions no force row level security;
update cloakroom.sessions s set authenticated_at = s.created_at where s.authenticated_at is null;
alter table cloakroom.sessions force row level security;

create index sessions_by_end on cloakroom.sessions (least(expires_at, revoked_at));

reset role;
