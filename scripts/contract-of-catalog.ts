import type { ClientBase } from "pg";

/** A type as the catalog knows it: `element` is what an array holds, `row` names a row type of cloakroom_api. */
interface CatalogType {
  readonly name: string;
  readonly isArray: boolean;
  readonly isRow: boolean;
}

interface Field extends CatalogType {
  readonly field: string;
}

interface Argument extends CatalogType {
  readonly argument: string;
  /** The default as SQL, null where the argument must be given. */
  readonly defaultSql: string | null;
}

interface ApiFunction {
  readonly name: string;
  readonly isSet: boolean;
  readonly isTable: boolean;
  readonly result: CatalogType;
  readonly arguments: readonly Argument[];
}

interface RowType {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly comment: string | null;
}

/**
 * The TypeScript contract of schema cloakroom_api: an interface for each row type, and `Calls` with the arguments and
 * result of each function, all in camelCase. The catalog does not know which column of a row may be null: the type's
 * comment lists them as 'nullable: a, b'. An argument may be left out where it has a default, and be null where that default is null.
 * @throws Error naming a function or column whose type has no counterpart in JSON
 */
export async function contractOfCatalog(client: ClientBase): Promise<string> {
  const rows = await rowTypes(client);
  const functions = await apiFunctions(client);
  const calls = `export interface Calls {\n${functions.map(renderCall).join("\n")}\n}\n`;
  return [
    "// Printed by `npm run gen:contract` from the catalog of cloakroom_api.",
    ...rows.map(renderRow),
    `${calls}\n${renderLists(functions)}`,
  ].join("\n\n");
}

async function rowTypes(client: ClientBase): Promise<RowType[]> {
  const { rows } = await client.query<RowType>(`
    select c.relname as name, json_agg(json_build_object(
      'field', a.attname,
      'name', coalesce(e.typname, t.typname), 'isArray', e.oid is not null,
      'isRow', coalesce(e.typtype, t.typtype) = 'c') order by a.attnum) as fields,
      obj_description(c.reltype, 'pg_type') as comment
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    where c.relnamespace = 'cloakroom_api'::regnamespace and c.relkind = 'c'
    group by c.oid, c.reltype, c.relname order by c.relname collate "C"`);
  return rows;
}

async function apiFunctions(client: ClientBase): Promise<ApiFunction[]> {
  const { rows } = await client.query<ApiFunction>(`
    select p.proname as name, p.proretset as "isSet", 't' = any (p.proargmodes) or 'o' = any (p.proargmodes) as "isTable",
      (select json_build_object('name', coalesce(e.typname, t.typname), 'isArray', e.oid is not null,
          'isRow', coalesce(e.typtype, t.typtype) = 'c')
        from pg_type t left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
        where t.oid = p.prorettype) as result,
      coalesce((select json_agg(json_build_object(
          'argument', p.proargnames[i.n], 'defaultSql', pg_get_function_arg_default(p.oid, i.n::integer),
          'name', coalesce(e.typname, t.typname), 'isArray', e.oid is not null,
          'isRow', coalesce(e.typtype, t.typtype) = 'c') order by i.n)
        from unnest(p.proargtypes) with ordinality as i (type_id, n)
        join pg_type t on t.oid = i.type_id
        left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'), '[]') as arguments
    from pg_proc p
    where p.pronamespace = 'cloakroom_api'::regnamespace
    order by p.proname collate "C"`);
  return rows;
}

function renderRow({ name, fields, comment }: RowType): string {
  const nullable = nullableOf(name, fields, comment);
  const lines = fields.map((field) => {
    const type = typeOf(field, name);
    return `  ${camelCase(field.field)}: ${nullable.includes(field.field) ? orNull(type) : type};`;
  });
  return `export interface ${pascalCase(name)} {\n${lines.join("\n")}\n}`;
}

function nullableOf(name: string, fields: readonly Field[], comment: string | null): string[] {
  const nullable = comment === null ? [] : comment.replace(/^nullable: /, "").split(", ");
  const unknown = nullable.filter((column) => !fields.some(({ field }) => field === column));
  if (unknown.length)
    throw new Error(`The comment on cloakroom_api.${name} names what is no column: ${unknown.join(", ")}.`);
  return nullable;
}

const orNull = (type: string) => (type === "unknown" ? type : `${type} | null`);

function renderCall(fn: ApiFunction): string {
  if (fn.isTable) throw new Error(`cloakroom_api.${fn.name} must return a row type, not a table or OUT arguments.`);
  const result = `${typeOf(fn.result, fn.name)}${fn.isSet ? "[]" : ""}`;
  const args = fn.arguments.map((argument) => renderArgument(argument, fn.name));
  const list = args.length ? `{\n${args.map((line) => `      ${line}`).join("\n")}\n    }` : "Record<string, never>";
  return `  ${fn.name}: {\n    args: ${list};\n    result: ${result};\n  };`;
}

/** Which functions answer rows: all that has to be known of them at run time. */
function renderLists(functions: readonly ApiFunction[]): string {
  const names = functions.filter(({ isSet }) => isSet).map(({ name }) => `  "${name}",`);
  return `export const listFunctions: ReadonlySet<string> = new Set([\n${names.join("\n")}\n]);\n`;
}

function renderArgument(argument: Argument, fn: string): string {
  const { defaultSql } = argument;
  const isNullable = defaultSql !== null && /^NULL(::|$)/i.test(defaultSql);
  const type = typeOf(argument, fn);
  const taken = argument.isArray ? `readonly ${type}` : type;
  return `${camelCase(argument.argument)}${defaultSql === null ? "" : "?"}: ${isNullable ? orNull(taken) : taken};`;
}

/** As JSON carries them: times are RFC 3339 strings. */
const typesInJson: Readonly<Record<string, string>> = {
  uuid: "string",
  text: "string",
  timestamptz: "string",
  bool: "boolean",
  int4: "number",
  int8: "number",
  float8: "number",
  json: "unknown",
  jsonb: "unknown",
  void: "null",
};

function typeOf({ name, isArray, isRow }: CatalogType, where: string): string {
  const type = isRow ? pascalCase(name) : typesInJson[name];
  if (!type) throw new Error(`${where}: type ${name} has no counterpart in the contract.`);
  return isArray ? `${type}[]` : type;
}

const camelCase = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const pascalCase = (name: string) => camelCase(`_${name}`);
