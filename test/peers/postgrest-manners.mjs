import { PostgresConnection } from "@supabase/lite/postgres";
import {
  AliasNode,
  IdentifierNode,
  OperationNodeTransformer,
  RawNode,
  SelectionNode,
  SelectQueryNode,
  sql,
} from "kysely";

/**
 * What @supabase/lite 0.10 does otherwise than PostgREST 14, which Supabase runs, put right at its Postgres connection
 * (each was seen with real calls, and compared with PostgREST's documentation):
 *
 * - lite changes to the caller's role only where some table has row security, and then first grants ALL on the tables
 *   of every such schema to anon, authenticated and service_role. PostgREST always changes role, and grants nothing.
 * - lite stringifies an object or list for a jsonb argument twice, so that it arrives as a JSON string, and takes a
 *   string there for JSON text. PostgREST hands each on as it came.
 * - lite takes anything but true for false. PostgREST has Postgres read it, which refuses what is neither.
 * - lite writes argument names as they are: one that is a word of SQL, `values`, is a syntax error. PostgREST quotes.
 * - lite serializes rows in JavaScript: composite columns come as `(…,…)` texts, times with a blank. PostgREST answers
 *   what Postgres' own to_json makes of a row.
 * - lite answers an SQLSTATE of a class it does not know with `{"code":"SUP"}`. PostgREST sends every code, message,
 *   detail and hint, under the status that `statusOf` has from its table.
 * - lite runs every POST in a read-write transaction. PostgREST runs a STABLE function's in a read-only one.
 * - lite ignores the settings of the caller's role. PostgREST takes its `statement_timeout` for the transaction.
 * - lite sets a dozen settings in as many statements, `request.jwt.claim.sub` among them. PostgREST sets those it knows
 *   in one.
 *
 * What stays otherwise: lite introspects once and has no schema reload by NOTIFY; numbers beyond 2^53 pass through
 * JavaScript here, and in PostgREST not until the client parses them; lite knows HS256 only, no JWKS.
 */
export class PostgrestConnection extends PostgresConnection {
  constructor(url) {
    const jsonb = { to: 3802, from: [3802], serialize: asIs, parse: JSON.parse };
    const json = { to: 114, from: [114], serialize: asIs, parse: JSON.parse };
    const bool = { to: 16, from: [16], serialize: String, parse: (value) => value === "t" };
    // Left alone its driver waits up to twenty seconds after a few failures: longer than tests do for a database that is back.
    const backoff = () => 0.1;
    super({ url, postgresOptions: { types: { bool, json, jsonb }, onnotice: () => undefined, max: 10, backoff } });
  }

  async ensureRlsContext() {
    return true;
  }

  async withContext(vars, run, options) {
    if (!options?.rpc) return super.withContext(vars, run, options);
    const isReadOnly = options.rpc.readOnly || (await this.isStable(options.rpc.path.replace("/rpc/", "")));
    const answered = (db) => run(db.withPlugin(quotedNames).withPlugin(rowsAsJson));
    const rpc = { ...options.rpc, readOnly: isReadOnly };
    return super.withContext(vars, answered, { ...options, rpc }).catch((error) => {
      throw Object.assign(error, { isAnonymous: (vars?.auth?.role ?? "anon") === "anon" });
    });
  }

  async applyJwtSessionContext(db, { auth }) {
    const role = auth?.role || "anon";
    const timeout = (await this.timeouts()).get(role) ?? null;
    await sql`select set_config('role', ${role}, true),
      set_config('search_path', '"cloakroom_api", "public", "extensions"', true),
      set_config('request.jwt.claims', ${JSON.stringify(auth?.jwt ?? { role })}, true),
      set_config('statement_timeout', coalesce(${timeout}, current_setting('statement_timeout')), true)`.execute(db);
  }

  async applyRpcRequestGucs(db, { method, path, requestHeaders }) {
    await sql`select set_config('response.status', '', true), set_config('response.headers', '', true),
      set_config('request.method', ${method}, true), set_config('request.path', ${path}, true),
      set_config('request.headers', ${JSON.stringify(requestHeaders ?? {})}, true)`.execute(db);
  }

  async isStable(name) {
    const { functions = [] } = await this.introspect({ useCache: true });
    return functions.some((fn) => fn.schema === "cloakroom_api" && fn.name === name && fn.volatility !== "v");
  }

  /** Of each role that has one of its own; the login role's serves the others, as with any connection. */
  async timeouts() {
    this.knownTimeouts ??= await this.driver.unsafe(ownTimeouts);
    return new Map(this.knownTimeouts.map(({ rolname, value }) => [rolname, value]));
  }

  /** lite answers what is raised as PGRST in its own words and status: so anything gets through whole. */
  normalizeDbError(error) {
    if (typeof error?.code !== "string") return error;
    const isSqlState = error.name === "PostgresError";
    const body = isSqlState
      ? { code: error.code, message: error.message, details: error.detail ?? null, hint: error.hint ?? null }
      : { code: "PGRST000", message: "Database connection error. Retrying the connection.", details: null, hint: null };
    const status = isSqlState ? statusOf(error.code, error.isAnonymous) : 503;
    return { code: "PGRST", message: JSON.stringify(body), detail: JSON.stringify({ status, headers: {} }) };
  }
}

const asIs = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const ownTimeouts = `
  select rolname, split_part(setting, '=', 2) as value
  from pg_db_role_setting join pg_roles r on r.oid = setrole, unnest(setconfig) as setting
  where setting like 'statement_timeout=%'
    and setdatabase in (0, (select oid from pg_database where datname = current_database()))
  order by setdatabase`;

const answer = IdentifierNode.create("answer");
const answerAsJson = SelectionNode.create(AliasNode.create(RawNode.createWithSql("row_to_json(answer)"), answer));
const rowsAsJson = {
  transformQuery: ({ node }) =>
    node.kind === "SelectQueryNode"
      ? SelectQueryNode.cloneWithSelections(SelectQueryNode.createFrom([AliasNode.create(node, answer)]), [
          answerAsJson,
        ])
      : node,
  transformResult: async ({ result }) => ({
    ...result,
    rows: result.rows.map((row) => ("answer" in row ? row.answer : row)),
  }),
};

/** lite writes an argument as a raw `name := value::type`. */
class NameQuoter extends OperationNodeTransformer {
  transformRaw(node, queryId) {
    const { sqlFragments, parameters } = super.transformRaw(node, queryId);
    const isArgument = sqlFragments[1]?.trim() === ":=" && parameters[0]?.kind === "RawNode";
    const [name] = isArgument ? parameters[0].sqlFragments : [];
    return RawNode.create(sqlFragments, name ? [IdentifierNode.create(name), ...parameters.slice(1)] : parameters);
  }
}
const quoter = new NameQuoter();
const quotedNames = {
  transformQuery: ({ node, queryId }) => quoter.transformNode(node, queryId),
  transformResult: async ({ result }) => result,
};

/** The request with strings for jsonb arguments written as JSON text, which is what lite takes them for. */
export async function withJsonStrings(request, connection) {
  const name = /^\/rest\/v1\/rpc\/(\w+)$/.exec(new URL(request.url).pathname)?.[1];
  if (!name || request.method !== "POST") return request;
  const text = await request.text();
  const { functions = [] } = await connection.introspect({ useCache: true });
  const called = functions.find((fn) => fn.schema === "cloakroom_api" && fn.name === name);
  const isJson = new Set(called?.arg_names.filter((_, place) => /^jsonb?$/.test(called.arg_types[place])) ?? []);
  return new Request(request, { body: isJson.size ? withTextFor(isJson, text) : text, duplex: "half" });
}

function withTextFor(isJson, text) {
  try {
    const written = Object.entries(JSON.parse(text)).map(([name, value]) =>
      isJson.has(name) && typeof value === "string" ? [name, JSON.stringify(value)] : [name, value],
    );
    return JSON.stringify(Object.fromEntries(written));
  } catch {
    return text;
  }
}

/** PostgREST's table of HTTP statuses. */
function statusOf(code, isAnonymous) {
  if (code === "42501") return isAnonymous ? 401 : 403;
  const exact = { 23503: 409, 23505: 409, 25006: 405, 42883: 404, "42P01": 404, "42P17": 500, P0001: 400 };
  if (code in exact) return exact[code];
  const classes = [
    [503, /^(08|53(?!400))/],
    [403, /^(0L|0P|28)/],
    [500, /^(09|25|2D|38|39|3B|40|53|54|55|57|58|F0|HV|P0|XX)/],
  ];
  return classes.find(([, pattern]) => pattern.test(code))?.[0] ?? 400;
}
