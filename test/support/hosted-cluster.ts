import { randomBytes } from "node:crypto";
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { chooseDataDirectory } from "../../src/database/data-directory.js";
import { initialize, launch } from "../../src/database/embedded-process.js";
import { unprivilegedUser } from "../../src/database/embedded-user.js";
import { lockDirectory } from "../../src/database/server-lock.js";
import { removeAbandonedClusters } from "./abandoned-clusters.js";
import { binariesWithVault } from "./hosted-binaries.js";

/** Postgres 17 in the shape of a hosted Supabase project. Nothing of it outlives `close`. */
export interface HostedCluster {
  /** As `postgres`: no superuser, but CREATEROLE, CREATEDB, BYPASSRLS. The database is `postgres`, empty of Cloakroom. */
  readonly adminUrl: string;
  /** As `supabase_admin`, whom nobody outside Supabase can be. */
  readonly superuserUrl: string;
  /** As `authenticator`, the login role of PostgREST. */
  readonly authenticatorUrl: string;
  /** As the login role that Supabase's management API makes for a linked CLI. */
  readonly cliLoginUrl: string;
  /** A clone of the untouched project under another name, owned by `postgres` as the original is. @returns its name */
  createDatabase(template?: string): Promise<string>;
  close(): Promise<void>;
}

const prefix = "cloakroom-hosted-";

/** Durability is off, and a statement without a limit of its own gets hosted's two minutes. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  statement_timeout: "120000",
  wal_level: "logical",
};

export async function startHostedCluster(): Promise<HostedCluster> {
  await removeAbandonedClusters(prefix);
  const directory = chooseDataDirectory(await mkdtemp(path.join(tmpdir(), prefix)), () => undefined);
  const lock = await lockDirectory(directory);
  const password = randomBytes(24).toString("base64url");
  const postmaster = await launchIn(directory, password);
  const urlOf = (role: string, database = "postgres") =>
    `postgres://${role}:${password}@127.0.0.1:${postmaster.port}/${database}`;
  const close = async () => {
    await postmaster.stop();
    await lock.release();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await shape(urlOf, password);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    adminUrl: urlOf("postgres"),
    superuserUrl: urlOf("supabase_admin"),
    authenticatorUrl: urlOf("authenticator"),
    cliLoginUrl: urlOf("cli_login_postgres"),
    createDatabase: (template = "postgres") => cloneDatabase(urlOf("supabase_admin", "template1"), template),
    close,
  };
}

async function launchIn(directory: string, password: string) {
  const [cluster, passwordFile] = [path.join(directory, "postgres"), path.join(directory, "password")];
  const user = unprivilegedUser();
  const binaries = await binariesWithVault(user, directory);
  await mkdir(cluster, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) for (const owned of [cluster, passwordFile]) await chown(owned, user.uid, user.gid);
  await initialize(binaries, user, cluster, passwordFile);
  return launch({ binaries, user, cluster, logFile: path.join(directory, "postgres.log"), settings });
}

/** initdb's own superuser cannot be demoted, so it becomes supabase_admin, and `postgres` is made anew. */
async function shape(urlOf: (role: string, database?: string) => string, password: string): Promise<void> {
  await runAs(urlOf("postgres"), `create role renamer superuser login password '${password}'`);
  await runAs(urlOf("renamer"), "alter role postgres rename to supabase_admin");
  const passwords = ["postgres", "authenticator", "cli_login_postgres"].map(
    (role) => `alter role ${role} password '${password}';`,
  );
  const ownership = "alter database postgres owner to postgres; grant all on database postgres to dashboard_user;";
  await runAs(
    urlOf("supabase_admin"),
    `drop role renamer; ${await sqlOf("roles")} ${passwords.join(" ")} ${ownership}`,
  );
  await runAs(urlOf("supabase_admin"), await sqlOf("database"));
}

const sqlOf = (name: string) => readFile(new URL(`./hosted/${name}.sql`, import.meta.url), "utf8");

async function cloneDatabase(superuserUrl: string, template: string): Promise<string> {
  const name = `hosted_${randomBytes(6).toString("hex")}`;
  await runAs(superuserUrl, `create database ${name} template ${template} owner postgres`);
  return name;
}

async function runAs(url: string, statements: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statements).finally(() => client.end());
}
