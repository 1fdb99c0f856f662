-- What is known of a person: traits, and answers of the onboarding conversation. Values stand here sealed under the
-- person's own data key, and go with it when the account is deleted.

set local role cloakroom_owner;

alter table cloakroom.settings add column onboarding jsonb not null default '{"steps": [], "summary": []}';
comment on column cloakroom.settings.onboarding is 'Steps and summary of the onboarding conversation; the server writes its own at start.';

create table cloakroom.user_traits (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references cloakroom.users on delete cascade,
  name text not null check (length(name) between 1 and 200),
  value_sealed text not null, -- JSON
  confidence double precision not null check (confidence between 0 and 1),
  source text not null check (length(source) between 1 and 200),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint a_user_has_a_trait_once unique (user_id, name)
);

-- That a profile was drawn, and when; what it says is read from the traits.
create table cloakroom.trait_profiles (
  user_id uuid primary key references cloakroom.users on delete cascade,
  drawn_at timestamptz not null default clock_timestamp()
);

-- A session without an answer has no row yet.
create table cloakroom.onboarding_sessions (
  user_id uuid primary key references cloakroom.users on delete cascade,
  answers_sealed text not null, -- a JSON object by step
  updated_at timestamptz not null default clock_timestamp(),
  completed_at timestamptz
);

-- By which exports are limited.
create table cloakroom.account_exports (
  user_id uuid not null references cloakroom.users on delete cascade,
  exported_at timestamptz not null default clock_timestamp()
);
create index on cloakroom.account_exports (user_id, exported_at);

-- By which a person's own events are found.
create index on cloakroom.audit_events (actor_id);

create type cloakroom_api.user_trait as (
  id uuid, name text, value jsonb, confidence double precision, source text, updated_at timestamptz
);
create type cloakroom_api.trait_profile as (
  summary text,
  traits jsonb, -- by name
  updated_at timestamptz
);
comment on type cloakroom_api.trait_profile is 'nullable: summary';
create type cloakroom_api.onboarding_session as (
  id uuid,
  status text, -- IN_PROGRESS | COMPLETE
  step text,
  answers jsonb, -- by step
  started_at timestamptz, completed_at timestamptz,
  questions jsonb -- a list of {step, text, kind, options, required, maxLength, min, max}
);
comment on type cloakroom_api.onboarding_session is 'nullable: step, completed_at';
create type cloakroom_api.person as (
  user_traits cloakroom_api.user_trait[], -- by creation
  trait_profile cloakroom_api.trait_profile,
  onboarding cloakroom_api.onboarding_session
);
comment on type cloakroom_api.person is 'nullable: trait_profile, onboarding';

reset role;
