set local role cloakroom_owner;

create table cloakroom.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  data_key_id uuid not null,
  created_at timestamptz not null default now()
);

create table cloakroom.members (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  -- Null until the invited person's next request.
  user_id uuid references cloakroom.users on delete cascade,
  phone_hash bytea,
  phone_sealed text,
  phone_mask text,
  role text not null check (role in ('VIEWER', 'MEMBER', 'ADMIN', 'OWNER')),
  created_at timestamptz not null default now(),
  joined_at timestamptz,
  -- The reveal budget of the running minute.
  reveal_window_at timestamptz,
  reveals_in_window integer not null default 0,
  constraint a_phone_is_a_member_once unique (organization_id, phone_hash),
  constraint a_user_is_a_member_once unique (organization_id, user_id),
  constraint a_member_is_someone check (user_id is not null or phone_hash is not null)
);
create index on cloakroom.members (user_id);
create index on cloakroom.members (phone_hash) where user_id is null;

create type cloakroom_api.organization as (id uuid, name text, role text, created_at timestamptz);
create type cloakroom_api.member as (
  id uuid, organization_id uuid, user_id uuid, name text,
  phone text, -- masked
  role text, joined_at timestamptz
);
comment on type cloakroom_api.member is 'nullable: user_id, name, phone, joined_at';

reset role;
