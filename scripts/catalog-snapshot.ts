import type { ClientBase } from "pg";

/**
 * Everything in our schemas that decides who may do what, one line each: a grant added by mistake is a line in review.
 * The same on Postgres 15 and 17, and whoever migrated (that role reads "migrator").
 */
export async function catalogSnapshot(client: ClientBase): Promise<string> {
  const parts: string[] = ["Printed by `npm run gen:contract` from the catalog.\n"];
  for (const [title, sql] of Object.entries(listings)) {
    const { rows } = await client.query<{ line: string }>(sql);
    const lines = rows.map(({ line }) => line.replace(/\s+/g, " ").trim());
    parts.push(`## ${title}\n\n${lines.sort(byCodePoint).join("\n")}\n`);
  }
  return parts.join("\n");
}

const byCodePoint = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const ours = "('cloakroom', 'cloakroom_api', 'cloakroom_private', 'vault')";
const roles = "('cloakroom_owner', 'cloakroom_guard', 'cloakroom_server', 'anon', 'authenticated', 'service_role')";
const owner = (column: string) =>
  `case when ${column} = current_user::regrole then 'migrator' else ${column}::regrole::text end`;

/** Who was granted what, besides the owner. MAINTAIN is new in 17. */
const granted = (acl: string, kind: string, ownerColumn: string) => `(
  select coalesce(string_agg(g.line, ', ' order by g.line collate "C"), 'nobody') from (
    select case when a.grantee = 0 then 'PUBLIC' else a.grantee::regrole::text end || ' '
      || string_agg(lower(a.privilege_type), '+' order by a.privilege_type) as line
    from aclexplode(coalesce(${acl}, acldefault('${kind}', ${ownerColumn}))) a
    where a.grantee <> ${ownerColumn} and a.privilege_type <> 'MAINTAIN' group by a.grantee) g)`;

const listings: Readonly<Record<string, string>> = {
  roles: `
    select r.rolname || ' | ' || concat_ws(' ', case when r.rolcanlogin then 'login' else 'nologin' end,
      case when r.rolinherit then 'inherit' else 'noinherit' end, case when r.rolbypassrls then 'BYPASSRLS' end,
      case when r.rolsuper then 'SUPERUSER' end, case when r.rolcreaterole then 'CREATEROLE' end,
      case when r.rolcreatedb then 'CREATEDB' end)
      || ' | member of ' || coalesce((select string_agg(m.roleid::regrole::text, ', ' order by m.roleid::regrole::text collate "C")
        from pg_auth_members m where m.member = r.oid), 'nothing') as line
    from pg_roles r where r.rolname in ${roles}`,
  schemas: `
    select n.nspname || ' | owner ' || ${owner("n.nspowner")} || ' | ' || ${granted("n.nspacl", "n", "n.nspowner")} as line
    from pg_namespace n where n.nspname in ${ours}`,
  functions: `
    select p.oid::regprocedure || ' returns ' || pg_get_function_result(p.oid) || ' | owner ' || ${owner("p.proowner")}
      || ' | ' || case when p.prosecdef then 'definer' else 'invoker' end
      || ' ' || case p.provolatile when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end
      || ' ' || coalesce(array_to_string(p.proconfig, ' '), 'no settings')
      || ' | ' || ${granted("p.proacl", "f", "p.proowner")} as line
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${ours}`,
  "tables and views": `
    select c.oid::regclass || ' | owner ' || ${owner("c.relowner")}
      || case when c.relkind = 'r' then ' | ' || case when c.relrowsecurity then 'row security' else 'NO ROW SECURITY' end
        || case when c.relforcerowsecurity then ' forced' else ' NOT FORCED' end else concat(' | view ', array_to_string(c.reloptions, ' ')) end
      || ' | ' || ${granted("c.relacl", "r", "c.relowner")} as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${ours} and c.relkind in ('r', 'p', 'v', 'm')`,
  columns: `
    select c.oid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end
      || case when a.attidentity <> '' then ' identity' else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end
      || case when a.attacl is null then '' else ' | ' || ${granted("a.attacl", "c", "c.relowner")} end as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where n.nspname in ${ours} and c.relkind in ('r', 'p', 'v', 'm', 'c') and a.attnum > 0 and not a.attisdropped`,
  constraints: `
    select o.conrelid::regclass || ' ' || o.conname || ': ' || pg_get_constraintdef(o.oid) as line
    from pg_constraint o join pg_namespace n on n.oid = o.connamespace
    where n.nspname in ${ours} and o.conrelid <> 0 and o.contype <> 'n'`,
  indexes: `
    select pg_get_indexdef(i.indexrelid) as line
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${ours}`,
  policies: `
    select format('%s.%s "%s" %s to %s', p.schemaname, p.tablename, p.policyname, lower(p.cmd), array_to_string(p.roles, ', '))
      || coalesce(' using (' || p.qual || ')', '') || coalesce(' with check (' || p.with_check || ')', '') as line
    from pg_policies p where p.schemaname in ${ours}`,
  triggers: `
    select pg_get_triggerdef(t.oid) || case t.tgenabled when 'A' then ' | always' when 'O' then '' else ' | NOT ENABLED' end as line
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and n.nspname in ${ours}`,
};
