set local role cloakroom_owner;

create table cloakroom.provider_keys (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  provider text not null,
  label text check (length(label) <= 200),
  base_url text check (length(base_url) <= 2000),
  -- In vault.secrets.
  secret_id uuid not null,
  mask text not null,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by uuid,
  last_used_at timestamptz
);
create index on cloakroom.provider_keys (organization_id, created_at);

create type cloakroom_api.provider_key as (
  id uuid, organization_id uuid, provider text, label text, base_url text,
  api_key text, -- masked
  active boolean, created_at timestamptz, created_by uuid, last_used_at timestamptz
);
comment on type cloakroom_api.provider_key is 'nullable: label, base_url, created_by, last_used_at';

reset role;
