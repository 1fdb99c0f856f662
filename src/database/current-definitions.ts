import { type SqlFile, sha256 } from "./migration-files.js";

/** One statement list sent at once, and what to call it when it fails. */
export interface Step {
  readonly label: string;
  readonly sql: string;
}

/** Raised when the way in which `current/` is applied changes, so that every database applies it again. */
const algorithmVersion = 1;
const functionFile = /^current\/functions\/(api|private)\/([a-z0-9_]+)\.sql$/;

export function hashOfCurrent(files: readonly SqlFile[]): string {
  return sha256(JSON.stringify([algorithmVersion, ...files.map((file) => [file.name, file.sha256])]));
}

/**
 * Everything under `current/` in the order of one transaction: functions twice, the first time without looking into
 * their bodies so that none has to come before another, then triggers, policies and the rest, then what no file
 * defines is dropped and owners are set, and grants.sql has the last word. The second look goes file by file, so that a
 * failure names its file and line, or with `secondLook: "in the catalog"` at what is stored, which halves the text.
 */
export function stepsOfCurrent(
  files: readonly SqlFile[],
  secondLook: "by file" | "in the catalog" = "by file",
): Step[] {
  const below = (prefix: string) => files.filter((file) => file.name.startsWith(prefix));
  const functions = files.filter((file) => functionFile.test(file.name));
  const grants = below("current/grants.sql");
  const [triggers, policies] = [below("current/triggers/"), below("current/policies/")];
  const placed = new Set([...below("current/functions/"), ...triggers, ...policies, ...grants]);
  const rest = files.filter((file) => !placed.has(file));
  return [
    { label: "current", sql: rememberFunctions },
    { label: "current", sql: "set local check_function_bodies = off;" },
    ...functions.map(firstPass),
    { label: "current", sql: "set local check_function_bodies = on;" },
    ...(secondLook === "by file" ? functions.map(plain) : [{ label: "current/functions", sql: checkStoredFunctions }]),
    ...[...triggers, ...policies, ...rest].map(plain),
    { label: "current/functions", sql: settleFunctions(functions) },
    ...grants.map(plain),
  ];
}

const plain = ({ name, sql }: SqlFile): Step => ({ label: name, sql: `${sql}\nreset role;` });

const rememberFunctions = `
drop table if exists pg_temp.cloakroom_functions_before;
create temporary table cloakroom_functions_before on commit drop as
select p.oid as function_id, p.xmin::text as version from pg_catalog.pg_proc p
where p.pronamespace in (to_regnamespace('cloakroom_api'), to_regnamespace('cloakroom_private'));`;

/** What `create function` does where bodies are checked, for functions that are there. */
const checkStoredFunctions = `do $check$
declare
  v_function record;
begin
  for v_function in
    select p.oid, l.lanname from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
    where p.pronamespace in ('cloakroom_api'::regnamespace, 'cloakroom_private'::regnamespace)
  loop
    if v_function.lanname = 'plpgsql' then
      perform pg_catalog.plpgsql_validator(v_function.oid);
    else
      perform pg_catalog.fmgr_sql_validator(v_function.oid);
    end if;
  end loop;
end $check$;`;

/** A function whose result or argument names changed cannot be replaced: it is dropped and made anew. */
function firstPass({ name, sql }: SqlFile): Step {
  const [, schema, functionName] = functionFile.exec(name) ?? [];
  return {
    label: name,
    sql: `do $first_pass$
declare
  v_file text := ${quoted(sql)};
  v_old text;
begin
  begin
    execute v_file;
  exception when invalid_function_definition then
    for v_old in select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'cloakroom_${schema}' and p.proname = '${functionName}'
    loop
      execute 'drop routine ' || v_old;
    end loop;
    execute v_file;
  end;
end $first_pass$;
reset role;`,
  };
}

function quoted(sql: string): string {
  if (/\$(cloakroom_file|first_pass)\$/.test(sql))
    throw new Error("A file may not use the quotes $cloakroom_file$ and $first_pass$.");
  return `$cloakroom_file$${sql}$cloakroom_file$`;
}

/**
 * A file defines exactly the one function of its name; what was not defined anew just now has no file any more and is
 * dropped, so a deleted security-definer function cannot live on. All are cloakroom_owner's until grants.sql says more.
 */
function settleFunctions(files: readonly SqlFile[]): string {
  const names = files.flatMap(({ name }) => {
    const [, schema, functionName] = functionFile.exec(name) ?? [];
    return `'cloakroom_${schema}.${functionName}'`;
  });
  return `do $settle$
declare
  v_files text[] := array[${names.join(", ")}]::text[];
  v_old text;
  v_wrong text;
begin
  for v_old in
    select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    join pg_temp.cloakroom_functions_before b on b.function_id = p.oid and b.version = p.xmin::text
    where n.nspname in ('cloakroom_api', 'cloakroom_private')
  loop
    execute 'drop routine ' || v_old;
  end loop;
  select string_agg(distinct f.name, ', ') into v_wrong from (
    select n.nspname || '.' || p.proname as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('cloakroom_api', 'cloakroom_private') group by 1 having count(*) > 1) f;
  if v_wrong is not null then
    raise exception 'Overloaded functions are refused: %', v_wrong;
  end if;
  select string_agg(coalesce(d.name, f.name), ', ') into v_wrong
  from (select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('cloakroom_api', 'cloakroom_private')) d
  full join unnest(v_files) as f(name) on f.name = d.name
  where d.name is null or f.name is null;
  if v_wrong is not null then
    raise exception 'A function stands in the file of its own name and schema; these do not: %', v_wrong;
  end if;
  for v_old in
    select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('cloakroom_api', 'cloakroom_private') and p.proowner <> 'cloakroom_owner'::regrole
  loop
    execute 'alter routine ' || v_old || ' owner to cloakroom_owner';
  end loop;
end $settle$;`;
}
