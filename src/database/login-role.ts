import { createHash, createHmac, hkdfSync, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";

const loginRole = "cloakroom_server";
const scramIterations = 4096;

/** The login role's password: derived from the root key, and so the same on every replica without being stored. */
export function serverRolePassword(rootKey: string): string {
  const key = Buffer.from(rootKey, "base64url");
  return Buffer.from(hkdfSync("sha256", key, "", "cloakroom login role password", 32)).toString("base64url");
}

/** Whether an address is the login role's. */
export const isOfLoginRole = (address: string): boolean =>
  decodeURIComponent(new URL(address).username).split(".")[0] === loginRole;

/** The same database as the login role. A pooler's user name carries its tenant after a dot, which is kept. */
export function serverUrl(adminUrl: string, password: string): string {
  const url = new URL(adminUrl);
  const [, ...tenant] = decodeURIComponent(url.username).split(".");
  url.username = [loginRole, ...tenant].join(".");
  url.password = password;
  return url.href;
}

/**
 * Makes the login role where it is absent: no inheritance, member of the API roles, statements of at most 30 s. Read
 * committed whatever the database's default: who waited for a lock must see what the holder wrote, or a value would go
 * unsealed into a column that has just become sensitive. No parameters in the server's log, where it may be set so: the
 * root key and values are among them. Roles belong to the cluster, so every change is made only where it is missing and
 * gives way to one made at the same time.
 */
export const ensureLoginRole = `do $login_role$
declare
  v_role text;
  v_name text;
  v_value text;
  v_options text := case when current_setting('server_version_num')::integer >= 160000 then ' with inherit false, set true' else '' end;
begin
  if not exists (select from pg_roles r where r.rolname = '${loginRole}') then
    begin
      create role ${loginRole} nologin noinherit;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_auth_members m where m.roleid = v_role::regrole and m.member = '${loginRole}'::regrole) then
      begin
        execute format('grant %I to ${loginRole}', v_role) || v_options;
      exception
        when unique_violation or internal_error then null;
        when insufficient_privilege then
          raise warning 'The migrating role may not grant % to ${loginRole}: only the Supabase driver can serve this database.', v_role;
      end;
    end if;
  end loop;
  for v_name, v_value in
    values ('statement_timeout', '30s'), ('default_transaction_isolation', 'read committed'),
      ('log_parameter_max_length', '0'), ('log_parameter_max_length_on_error', '0')
  loop
    continue when exists (
      select from pg_roles r, unnest(r.rolconfig) s(setting)
      where r.rolname = '${loginRole}' and starts_with(s.setting, v_name || '='));
    begin
      execute format('alter role ${loginRole} set %I = %L', v_name, v_value);
    exception when internal_error or insufficient_privilege then null;
    end;
  end loop;
end $login_role$;`;

/** Gives the login role its password unless it already has it: eight servers starting at once do not fight over it. */
export async function ensureLoginPassword(admin: pg.Client, adminUrl: string, password: string): Promise<void> {
  for (let attempt = 1; !(await canLogIn(serverUrl(adminUrl, password))); attempt++) {
    try {
      await admin.query(`alter role ${loginRole} login password '${scramVerifier(password)}'`);
      return;
    } catch (error) {
      const isConcurrent = (error as pg.DatabaseError).code === "XX000";
      if (!isConcurrent || attempt === 5) throw error;
    }
  }
}

/** A pooler says in codes of its own that it does not know the role, which before the first migration it cannot. */
const isRefusal = (error: unknown) => error instanceof pg.DatabaseError && !/^(53|57)/.test(error.code ?? "");

async function canLogIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What Postgres itself would store, so that the password is in no statement text, which server logs may hold. */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, scramIterations, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${scramIterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
