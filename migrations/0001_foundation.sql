-- Roles, schemas and pgcrypto. Roles belong to the whole cluster: they may be there already, and another database may be
-- making them at this very moment.

do $$
declare
  v_role text;
begin
  -- cloakroom_server gets its password and its way in from the migration runner.
  foreach v_role in array array['cloakroom_owner', 'cloakroom_guard', 'cloakroom_server', 'anon', 'authenticated', 'service_role']
  loop
    if not exists (select from pg_roles r where r.rolname = v_role) then
      begin
        execute format('create role %I nologin noinherit', v_role);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
  end loop;
end $$;

-- The migrating role acts as the two owners. A superuser already does; from 16 on a role's maker must say so.
do $$
declare
  v_role text;
  v_options text := case when current_setting('server_version_num')::integer >= 160000 then ' with inherit true, set true' else '' end;
begin
  foreach v_role in array array['cloakroom_owner', 'cloakroom_guard'] loop
    if not (pg_has_role(current_user, v_role, 'usage') and pg_has_role(current_user, v_role, 'member')) then
      execute format('grant %I to current_user', v_role) || v_options;
    end if;
  end loop;
end $$;

create schema if not exists cloakroom authorization cloakroom_owner;
create schema if not exists cloakroom_api authorization cloakroom_owner;
create schema if not exists cloakroom_private authorization cloakroom_owner;
alter schema cloakroom_private owner to cloakroom_owner; -- made by the migration runner, for its own table
alter table cloakroom_private.migrations owner to cloakroom_owner;
revoke all on schema cloakroom, cloakroom_api, cloakroom_private from public;
grant usage, create on schema cloakroom_private to cloakroom_guard;

create schema if not exists extensions;
create extension if not exists pgcrypto schema extensions;

do $$
declare
  v_schema text;
begin
  select n.nspname into v_schema
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pgcrypto';
  if v_schema <> 'extensions' then
    raise exception 'The extension pgcrypto stands in schema "%": move it with "alter extension pgcrypto set schema extensions", then migrate again.', v_schema;
  end if;
  if not has_schema_privilege('cloakroom_owner', 'extensions', 'usage') then
    grant usage on schema extensions to cloakroom_owner, cloakroom_guard;
  end if;
end $$;
