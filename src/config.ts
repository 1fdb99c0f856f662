import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { z } from "zod";
import { readOAuthServices } from "./config/oauth-services.js";
import { type GeneratedSecrets, keptSecrets } from "./config/secrets-file.js";
import type { Setting } from "./config/setting.js";
import { settingsNotBuilt, settingsTable } from "./config/settings.js";
import { smsProblems } from "./config/sms-settings.js";
import type { OAuthServices } from "./oauth-service.js";

type Table = typeof settingsTable;
type Value<Entry> =
  Entry extends Setting<infer Schema, infer Default> ? z.output<Schema> | (Default extends null ? null : never) : never;

type SecretName = "supabaseJwtSecret" | "databaseSalt" | "vaultRootKey" | "relayWebhookSecrets";

/** What the environment says, checked as a whole; secrets may still be missing outside production. */
export type Settings = {
  readonly [Key in Exclude<
    keyof Table,
    "databaseDriver" | "graphiql" | "nodeEnv" | "allowPrivateUpstreams" | "oauthServices"
  >]: Value<Table[Key]>;
} & {
  readonly isProduction: boolean;
  readonly graphiql: boolean;
  readonly allowPrivateUpstreams: boolean;
  /** Those that are built in and those of OAUTH_SERVICES, by name. */
  readonly oauthServices: OAuthServices;
  /** What answers requests: a Supabase project, or a Postgres, which may be the embedded one. */
  readonly databaseDriver: "postgres" | "supabase";
  /** `iss` of access tokens. */
  readonly jwtIssuer: string;
};

/** Settings with every secret in place: all that the server is told from outside. Frozen. */
export type Config = Omit<Settings, SecretName> & {
  readonly [Key in Exclude<SecretName, "supabaseJwtSecret" | "vaultRootKey">]: NonNullable<Settings[Key]>;
} & {
  /** Null only where a Supabase project answers requests, whose vault has a root key of its own. */
  readonly vaultRootKey: string | null;
  /** Null only where SUPABASE_JWT_PRIVATE_KEY is set: then no HS256 token is taken. */
  readonly supabaseJwtSecret: string | null;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting, `NAME` or the file that `NAME_FILE` names; a variable that is set to nothing counts as left out.
 * @throws Error naming every missing or malformed setting at once, and no value
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const named = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries<Setting>(settingsTable)) {
    const { value, problem } = readOne(entry, environment);
    values[key] = value;
    if (!problem) continue;
    problems.push(problem);
    named.add(entry.name);
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
  for (const name of settingsNotBuilt)
    if (textOf(name, environment).text !== null)
      problems.push(`${name} must be left out: exchanging the root key is not built yet`);
  const settings: Settings = {
    ...rest,
    isProduction,
    allowPrivateUpstreams,
    oauthServices,
    graphiql: rest.graphiql ?? !isProduction,
    databaseDriver: rest.databaseDriver ?? impliedDriver(rest),
    jwtIssuer: rest.supabaseUrl ? `${rest.supabaseUrl}/auth/v1` : "cloakroom",
  };
  // What was meant to stand in for the secret is there, though wrong.
  if (named.has(settingsTable.supabaseJwtPrivateKey.name)) named.add(settingsTable.supabaseJwtSecret.name);
  problems.push(...problemsBetween(settings).filter((problem) => !named.has(problem.split(" ", 1)[0] ?? "")));
  if (problems.length > 0) throw new Error(`The server cannot start: ${problems.join("; ")}.`);
  return Object.freeze(settings);
}

/** Whether some have to be generated, and so kept in a data directory. */
export const lacksSecrets = (settings: Settings): boolean => missingSecrets(settings).length > 0;

/**
 * Fills in what production would have demanded from `secrets.json` in the data directory, making it at first start.
 * @throws Error with one sentence where that file cannot be made or read, or secrets are missing and no directory is given
 */
export function completeSecrets(settings: Settings, dataDirectory?: string): Config {
  const missing = missingSecrets(settings);
  if (missing.length === 0) return settings as Config;
  if (!dataDirectory) throw new Error(`The server cannot start: ${missing.map(variableOf).join(", ")} must be set.`);
  const kept = keptSecrets(dataDirectory);
  const secrets = Object.fromEntries(missing.map((name) => [name, keptValue(name, kept)]));
  return Object.freeze({ ...settings, ...secrets }) as Config;
}

const secretNames = ["supabaseJwtSecret", "databaseSalt", "vaultRootKey", "relayWebhookSecrets"] as const;

const missingSecrets = (settings: Settings): readonly SecretName[] =>
  secretNames.filter((name) => settings[name] === null && !isNeedless(name, settings));

/** Whoever signs with a key of their own needs no shared secret, and a project's vault no root key: none is made. */
function isNeedless(name: SecretName, { supabaseJwtPrivateKey, databaseDriver }: Settings): boolean {
  if (name === "supabaseJwtSecret") return supabaseJwtPrivateKey !== null;
  return name === "vaultRootKey" && databaseDriver === "supabase";
}

const variableOf = (name: SecretName) => settingsTable[name].name;

function keptValue(name: SecretName, kept: GeneratedSecrets) {
  const entry: Setting = settingsTable[name];
  const result = entry.schema.safeParse(kept[entry.name]);
  if (result.success) return result.data;
  throw new Error(`secrets.json in the data directory holds no usable ${entry.name}: set it, or restore the file.`);
}

/** The value, or what is wrong with it in words that begin with the name under which it was set. */
function readOne(entry: Setting, environment: Environment): { value: unknown; problem?: string } {
  const { name, text, problem } = textUnderAnyName(entry, environment);
  if (problem) return { value: null, problem: `${name} ${problem}` };
  const given = text ?? entry.default;
  if (given === null) return { value: null };
  const result = entry.schema.safeParse(given);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  const place = issue?.path.length ? `: ${issue.path.join(".")}` : "";
  return { value: null, problem: `${name}${place} ${issue?.message ?? "is wrong"}` };
}

interface Text {
  readonly name: string;
  readonly text: string | null;
  readonly problem?: string;
}

function textUnderAnyName({ name, aliases = [] }: Setting, environment: Environment): Text {
  const all = [name, ...aliases].map((each) => textOf(each, environment));
  const [first, ...others] = all.filter(({ text, problem }) => text !== null || problem);
  const wrong = [first, ...others].find((each) => each?.problem);
  if (wrong) return wrong;
  const other = others.find(({ text }) => text !== first?.text);
  if (first && other) return { ...first, problem: `and ${other.name} are two names of one setting, and differ` };
  return first ?? { name, text: null };
}

function textOf(name: string, environment: Environment): Text {
  const text = environment[name] || null;
  const file = environment[`${name}_FILE`] || null;
  if (!file) return { name, text };
  if (text) return { name, text: null, problem: `is set twice, directly and through ${name}_FILE` };
  try {
    return { name, text: readFileSync(file, "utf8").replace(/\r?\n$/, "") || null };
  } catch {
    return { name, text: null, problem: `cannot be read from the file that ${name}_FILE names` };
  }
}

/** A project's keys say that it shall answer; so does its address where no other database is named. */
function impliedDriver(given: { [Key in "supabaseUrl" | "supabaseServiceKey" | "databaseUrl"]: string | null }) {
  return given.supabaseUrl && (given.supabaseServiceKey || !given.databaseUrl) ? "supabase" : "postgres";
}

/** What is wrong only in the light of other settings. */
function problemsBetween(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.isProduction)
    for (const name of missingSecrets(settings)) problems.push(`${variableOf(name)} must be set in production`);
  if (settings.isProduction && settings.smsProvider === "console")
    problems.push("SMS_PROVIDER must not be console in production, since it prints one-time codes");
  if (!settings.isProduction && settings.host !== null && !isLoopback(settings.host))
    problems.push("HOST must be a loopback address unless NODE_ENV is production");
  if ((settings.alertWebhookUrl === null) !== (settings.alertWebhookSecret === null))
    problems.push("ALERT_WEBHOOK_URL and ALERT_WEBHOOK_SECRET must be set together");
  const databaseProblems = settings.databaseDriver === "supabase" ? projectProblems : postgresProblems;
  return [...problems, ...databaseProblems(settings), ...smsProblems(settings)];
}

function projectProblems({ supabaseUrl, supabaseServiceKey, supabaseAnonKey }: Settings): string[] {
  const problems: string[] = [];
  if (!supabaseUrl) problems.push("SUPABASE_URL must be set where DATABASE_DRIVER is supabase");
  if (!supabaseServiceKey)
    problems.push(
      "SUPABASE_SERVICE_KEY must be set where SUPABASE_URL is, or DATABASE_URL to the project's own Postgres address",
    );
  if (!supabaseAnonKey) problems.push("SUPABASE_ANON_KEY must be set where a Supabase project answers requests");
  return problems;
}

function postgresProblems(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.supabaseUrl && !settings.databaseUrl)
    problems.push("DATABASE_URL must be set where SUPABASE_URL is and DATABASE_DRIVER is postgres");
  if (settings.databaseMigrationUrl && !settings.databaseUrl)
    problems.push("DATABASE_URL must be set where DATABASE_MIGRATION_URL is");
  // Without the address an embedded database would start, and the project stand beside it.
  if (settings.supabaseServiceKey && !settings.supabaseUrl && !settings.databaseUrl)
    problems.push("SUPABASE_URL must be set where SUPABASE_SERVICE_KEY is");
  return problems;
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}
