-- Data tables as rows of jsonb: one schema for all of them, row security once, no DDL from users.

set local role cloakroom_owner;

create table cloakroom.tables (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references cloakroom.organizations on delete cascade,
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  -- For columns and rows to refer to: what row security goes by is the organization of their table, always.
  unique (id, organization_id)
);
create unique index a_table_name_is_taken_once on cloakroom.tables (organization_id, lower(name));

create table cloakroom.columns (
  id uuid primary key default gen_random_uuid(),
  table_id uuid not null,
  organization_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  type text not null check (type in (
    'TEXT', 'LONG_TEXT', 'NUMBER', 'CURRENCY', 'PERCENT', 'BOOLEAN', 'DATE', 'DATETIME', 'EMAIL', 'PHONE', 'URL',
    'SELECT', 'MULTI_SELECT', 'JSON')),
  is_sensitive boolean not null default false,
  mask text check (mask in ('FULL', 'LAST4', 'EMAIL', 'PHONE')),
  is_required boolean not null default false,
  options jsonb,
  position integer not null,
  -- While stored cells are brought in line with is_sensitive and mask: which way, and the last row done.
  conversion text check (conversion in ('sealing', 'unsealing')),
  converted_to bigint,
  created_at timestamptz not null default now(),
  constraint only_sensitive_columns_have_a_mask check (is_sensitive = (mask is not null)),
  foreign key (table_id, organization_id) references cloakroom.tables (id, organization_id) on delete cascade
);
create unique index a_column_name_is_taken_once on cloakroom.columns (table_id, lower(name));
create index on cloakroom.columns (id) where conversion is not null;

create table cloakroom.rows (
  id uuid primary key default gen_random_uuid(),
  table_id uuid not null,
  organization_id uuid not null,
  sequence bigint not null generated always as identity,
  -- Column id to value: the plain ones …
  "values" jsonb not null default '{}',
  -- … the Fernet tokens of the sensitive ones, and what is shown in their place.
  sealed jsonb not null default '{}',
  masks jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (table_id, organization_id) references cloakroom.tables (id, organization_id) on delete cascade
);
create unique index on cloakroom.rows (table_id, sequence);

create type cloakroom_api.data_table as (id uuid, organization_id uuid, name text, created_at timestamptz);
create type cloakroom_api.data_column as (
  id uuid, table_id uuid, name text, type text, sensitive boolean, mask text, required boolean,
  options jsonb, position integer,
  converting boolean -- stored cells are still being sealed or unsealed: call convert_column until it is false
);
comment on type cloakroom_api.data_column is 'nullable: mask, options';
create type cloakroom_api.data_row as (
  id uuid, table_id uuid,
  "values" jsonb, -- masked
  version integer, created_at timestamptz, updated_at timestamptz,
  sequence bigint
);
create type cloakroom_api.row_count as (table_id uuid, row_count integer);
create type cloakroom_api.revealed_cell as (
  outcome text, -- revealed | forbidden | rate_limited
  retry_after integer, -- seconds
  row_id uuid, column_id uuid, value jsonb,
  audit_event cloakroom_api.audit_event
);
comment on type cloakroom_api.revealed_cell is 'nullable: retry_after, value';

reset role;
