import { randomBytes } from "node:crypto";
import pg from "pg";
import { camelCased } from "../../src/database/casing.js";
import type { TestDatabase } from "./database.js";

export interface Signature {
  readonly name: string;
  readonly isSet: boolean;
  /** Argument names in order, each with its SQL type. */
  readonly arguments: Readonly<Record<string, string>>;
  readonly isForUsers: boolean;
}
export type Claims = Readonly<Record<string, unknown>> | string | null;

/** SQL as PostgREST sends it: a transaction a request, in the role and with the claims of the request's token. */
export interface DirectAccess {
  readonly signatures: readonly Signature[];
  /** Runs `work` in one such transaction, which is undone where `isKept` is false. */
  request<Result>(
    who: { readonly claims: Claims; readonly role?: "anon" | "authenticated" },
    work: (client: pg.Client) => Promise<Result>,
    isKept?: boolean,
  ): Promise<Result>;
  /** What a function answers as JSON, in camelCase as the drivers answer it. */
  call(claims: Claims, fn: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The same without committing what it did. */
  tryOut(claims: Claims, fn: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** A further connection as the same login role. */
  connect(): Promise<pg.Client>;
  end(): Promise<void>;
}

/**
 * Logs in as PostgREST does: as a role without rights of its own that may become anon and authenticated. The root key
 * stands in the database's own settings, since no dispatcher brings it: in a Supabase project the vault needs none.
 */
export async function openDirectAccess(test: TestDatabase): Promise<DirectAccess> {
  const role = `direct_${randomBytes(6).toString("hex")}`;
  const password = randomBytes(16).toString("hex");
  await test.admin.query(`create role ${role} login noinherit password '${password}'`);
  await test.admin.query(`grant anon, authenticated to ${role}`);
  await test.admin.query(`alter database ${test.name} set cloakroom.root_key to '${test.rootKey}'`);
  const signatures = await signaturesOf(test);
  const url = Object.assign(new URL(test.adminUrl), { username: role, password }).href;
  const connect = async () => {
    const client = new pg.Client(url);
    await client.connect();
    return client;
  };
  const client = await connect();
  const request: DirectAccess["request"] = async ({ claims, role = "authenticated" }, work, isKept = true) => {
    await client.query(`begin; set local role ${role}`);
    try {
      const text = typeof claims === "string" ? claims : JSON.stringify(claims ?? {});
      await client.query("select set_config('request.jwt.claims', $1, true)", [text]);
      const result = await work(client);
      await client.query(isKept ? "commit" : "rollback");
      return result;
    } catch (error) {
      await client.query("rollback");
      throw error;
    }
  };
  const answerOf =
    (isKept: boolean) =>
    (claims: Claims, fn: string, args: Readonly<Record<string, unknown>> = {}) =>
      request({ claims }, (open) => callIn(open, signatures, fn, args), isKept);
  return {
    signatures,
    request,
    connect,
    call: answerOf(true),
    tryOut: answerOf(false),
    async end() {
      await client.end();
      await test.admin.query(`drop role ${role}`);
    },
  };
}

/** Calls a function in a transaction that is open; objects become jsonb. */
export async function callIn(
  client: pg.Client,
  signatures: readonly Signature[],
  fn: string,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const signature = signatures.find(({ name }) => name === fn);
  if (!signature) throw new Error(`There is no function ${fn}.`);
  const names = Object.keys(args);
  const list = names.map((name, index) => `"${name}" => $${index + 1}::${signature.arguments[name]}`).join(", ");
  const values = names.map((name) => (signature.arguments[name] === "jsonb" ? jsonText(args[name]) : args[name]));
  const { rows } = await client.query(
    `select coalesce(json_agg(r), '[]') as answer from cloakroom_api.${fn}(${list}) r`,
    values,
  );
  const answer = camelCased(rows[0].answer) as unknown[];
  return signature.isSet ? answer : answer[0];
}

/** Given as it is where it is JSON text already. */
export class Json {
  constructor(readonly text: string) {}
}
const jsonText = (value: unknown) =>
  value instanceof Json ? value.text : value === null ? null : JSON.stringify(value);

async function signaturesOf(test: TestDatabase): Promise<Signature[]> {
  const { rows } = await test.admin.query(`
    select p.proname as name, p.proretset as "isSet", has_function_privilege('authenticated', p.oid, 'execute') as "isForUsers",
      coalesce((select json_object_agg(p.proargnames[t.n], format_type(t.id, null) order by t.n)
        from unnest(p.proargtypes) with ordinality t(id, n)), '{}') as arguments
    from pg_proc p where p.pronamespace = 'cloakroom_api'::regnamespace order by p.proname`);
  return rows;
}
