import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { z } from "zod";
import { type OAuthServices, readOAuthServices } from "./config/oauth-services.js";
import { type GeneratedSecrets, keptSecrets } from "./config/secrets-file.js";
import { type Setting, settingsTable } from "./config/settings.js";

type Table = typeof settingsTable;
type Value<Entry> =
  Entry extends Setting<infer Schema, infer Default> ? z.output<Schema> | (Default extends null ? null : never) : never;

type SecretName = "supabaseJwtSecret" | "databaseSalt" | "vaultRootKey" | "relayWebhookSecrets";

/** What the environment says, checked as a whole; secrets may still be missing outside production. */
export type Settings = {
  readonly [Key in Exclude<keyof Table, "graphiql" | "nodeEnv" | "allowPrivateUpstreams" | "oauthServices">]: Value<
    Table[Key]
  >;
} & {
  readonly isProduction: boolean;
  readonly graphiql: boolean;
  readonly allowPrivateUpstreams: boolean;
  /** Those that are built in and those of OAUTH_SERVICES, by name. */
  readonly oauthServices: OAuthServices;
  /** `iss` of access tokens. */
  readonly jwtIssuer: string;
};

/** Settings with every secret in place: all that the server is told from outside. Frozen. */
export type Config = Omit<Settings, SecretName> & {
  readonly [Key in SecretName]: NonNullable<Settings[Key]>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting, `NAME` or the file that `NAME_FILE` names; a variable that is set to nothing counts as left out.
 * @throws Error naming every missing or malformed setting at once, and no value
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries<Setting>(settingsTable)) {
    const { value, problem } = readOne(entry, environment);
    values[key] = value;
    if (problem) problems.push(`${entry.name} ${problem}`);
  }
  const { nodeEnv, ...rest } = values as { [Key in keyof Table]: Value<Table[Key]> };
  const isProduction = nodeEnv === "production";
  const allowPrivateUpstreams = rest.allowPrivateUpstreams ?? !isProduction;
  const { services: oauthServices, problems: problemsOfServices } = readOAuthServices({
    given: rest.oauthServices,
    allowPrivate: allowPrivateUpstreams,
    read: (name) => textOf(name, environment),
  });
  problems.push(...problemsOfServices);
  const settings: Settings = {
    ...rest,
    isProduction,
    allowPrivateUpstreams,
    oauthServices,
    graphiql: rest.graphiql ?? !isProduction,
    jwtIssuer: rest.supabaseUrl ? `${rest.supabaseUrl}/auth/v1` : "cloakroom",
  };
  const named = new Set(problems.map((problem) => problem.split(" ", 1)[0]));
  problems.push(...problemsBetween(settings).filter((problem) => !named.has(problem.split(" ", 1)[0])));
  if (problems.length > 0) throw new Error(`The server cannot start: ${problems.join("; ")}.`);
  return Object.freeze(settings);
}

/** Whether some have to be generated, and so kept in a data directory. */
export const lacksSecrets = (settings: Settings): boolean => secretNames.some((name) => settings[name] === null);

/**
 * Fills in what production would have demanded from `secrets.json` in the data directory, making it at first start.
 * @throws Error with one sentence where that file cannot be made or read, or secrets are missing and no directory is given
 */
export function completeSecrets(settings: Settings, dataDirectory?: string): Config {
  const missing = secretNames.filter((name) => settings[name] === null);
  if (missing.length === 0) return settings as Config;
  if (!dataDirectory) throw new Error(`The server cannot start: ${missing.map(variableOf).join(", ")} must be set.`);
  const kept = keptSecrets(dataDirectory);
  const secrets = Object.fromEntries(missing.map((name) => [name, keptValue(name, kept)]));
  return Object.freeze({ ...settings, ...secrets }) as Config;
}

/** Both steps, for whoever knows the data directory already. */
export const loadConfig = (environment: Environment, dataDirectory: string): Config =>
  completeSecrets(readSettings(environment), dataDirectory);

const secretNames = ["supabaseJwtSecret", "databaseSalt", "vaultRootKey", "relayWebhookSecrets"] as const;

const variableOf = (name: SecretName) => settingsTable[name].name;

function keptValue(name: SecretName, kept: GeneratedSecrets) {
  const entry: Setting = settingsTable[name];
  const result = entry.schema.safeParse(kept[entry.name]);
  if (result.success) return result.data;
  throw new Error(`secrets.json in the data directory holds no usable ${entry.name}: set it, or restore the file.`);
}

function readOne(entry: Setting, environment: Environment): { value: unknown; problem?: string } {
  const { text, problem } = textOf(entry.name, environment);
  if (problem) return { value: null, problem };
  const given = text ?? entry.default;
  if (given === null) return { value: null };
  const result = entry.schema.safeParse(given);
  return result.success
    ? { value: result.data }
    : { value: null, problem: result.error.issues[0]?.message ?? "is wrong" };
}

function textOf(name: string, environment: Environment): { text: string | null; problem?: string } {
  const text = environment[name] || null;
  const file = environment[`${name}_FILE`] || null;
  if (!file) return { text };
  if (text) return { text: null, problem: `is set twice, directly and through ${name}_FILE` };
  try {
    return { text: readFileSync(file, "utf8").replace(/\r?\n$/, "") || null };
  } catch {
    return { text: null, problem: `cannot be read from the file that ${name}_FILE names` };
  }
}

/** What is wrong only in the light of other settings. */
function problemsBetween(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.isProduction)
    for (const name of secretNames)
      if (settings[name] === null) problems.push(`${variableOf(name)} must be set in production`);
  if (settings.isProduction && settings.smsProvider === "console")
    problems.push("SMS_PROVIDER must not be console in production, since it prints one-time codes");
  if (!settings.isProduction && settings.host !== null && !isLoopback(settings.host))
    problems.push("HOST must be a loopback address unless NODE_ENV is production");
  if (settings.supabaseUrl && !settings.databaseUrl)
    problems.push("DATABASE_URL must be set where SUPABASE_URL is: the project's own Postgres address");
  if (settings.databaseMigrationUrl && !settings.databaseUrl)
    problems.push("DATABASE_URL must be set where DATABASE_MIGRATION_URL is");
  return problems;
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}
