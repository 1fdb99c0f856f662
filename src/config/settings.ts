import type { z } from "zod";
import { oauthServicesText } from "./oauth-services.js";
import {
  anyText,
  fernetKey,
  longSecret,
  oneOf,
  origins,
  postgresAddress,
  proxies,
  relaySecrets,
  relayWays,
  trueOrFalse,
  webAddress,
  wholeNumber,
} from "./setting-kinds.js";

/** One environment variable: how it is named, read and explained. `.env.example` is printed from this table. */
export interface Setting<Schema extends z.ZodType = z.ZodType, Default extends string | null = string | null> {
  readonly name: string;
  /** What holds where nothing is set, as it would be written; null where nothing does. */
  readonly default: Default;
  /** One sentence for the person who sets it. */
  readonly meaning: string;
  readonly schema: Schema;
  /** Made at first start outside production, demanded in it. */
  readonly secret?: true;
}

const setting = <Schema extends z.ZodType, const Default extends string | null>(entry: Setting<Schema, Default>) =>
  entry;

/** The key is the name in the code. Order is that of `.env.example`. */
export const settingsTable = {
  nodeEnv: setting({
    name: "NODE_ENV",
    default: null,
    meaning: "`production` demands every secret and allows a HOST that is not loopback.",
    schema: anyText,
  }),
  host: setting({ name: "HOST", default: "127.0.0.1", meaning: "Address to listen on.", schema: anyText }),
  port: setting({
    name: "PORT",
    default: "4000",
    meaning: "Port to listen on; 0 picks a free one, and the log line `listening` says which.",
    schema: wholeNumber(0, 65_535),
  }),
  publicUrl: setting({
    name: "PUBLIC_URL",
    default: null,
    meaning: "The server as browsers see it, http://HOST:PORT where left out; https makes cookies Secure.",
    schema: webAddress,
  }),
  dataDir: setting({
    name: "DATA_DIR",
    default: null,
    meaning: "Folder of the embedded database and of generated secrets; `.cloakroom` where left out.",
    schema: anyText,
  }),
  databaseUrl: setting({
    name: "DATABASE_URL",
    default: null,
    meaning: "A Postgres server, version 15 or later. Without it an embedded one is started in DATA_DIR.",
    schema: postgresAddress,
  }),
  databaseMigrationUrl: setting({
    name: "DATABASE_MIGRATION_URL",
    default: null,
    meaning: "The role that migrates, where it is not the one of DATABASE_URL.",
    schema: postgresAddress,
  }),
  migrateOnStart: setting({
    name: "MIGRATE_ON_START",
    default: "true",
    meaning: "false leaves migrating to `npm run db:migrate`.",
    schema: trueOrFalse,
  }),
  supabaseUrl: setting({
    name: "SUPABASE_URL",
    default: null,
    meaning: "The Supabase project whose tokens ours look like: they are issued by <SUPABASE_URL>/auth/v1.",
    schema: webAddress,
  }),
  supabaseJwtSecret: setting({
    name: "SUPABASE_JWT_SECRET",
    default: null,
    meaning: "Signs and checks access tokens, 32 characters or more.",
    schema: longSecret,
    secret: true,
  }),
  databaseSalt: setting({
    name: "DATABASE_SALT",
    default: null,
    meaning: "Salts user identifier hashes, 32 characters or more.",
    schema: longSecret,
    secret: true,
  }),
  vaultRootKey: setting({
    name: "VAULT_ROOT_KEY",
    default: null,
    meaning: "Wraps vault secrets where the database has no Supabase Vault; 32 bytes in URL-safe base64.",
    schema: fernetKey,
    secret: true,
  }),
  relayWebhookSecrets: setting({
    name: "RELAY_WEBHOOK_SECRET",
    default: null,
    meaning:
      "Shared with the relay: whsec_ and base64, or 32 characters or more; two, comma-separated, while one replaces the other.",
    schema: relaySecrets,
    secret: true,
  }),
  relayAuth: setting({
    name: "RELAY_AUTH",
    default: "signature",
    meaning: "How the relay proves itself: `signature`, `bearer`, or `signature,bearer`.",
    schema: relayWays,
  }),
  smsProvider: setting({
    name: "SMS_PROVIDER",
    default: "console",
    meaning: "`console` prints each message as one line on standard output; never in production.",
    schema: oneOf(["console"]),
  }),
  otpTtlSeconds: setting({
    name: "OTP_TTL_SECONDS",
    default: "600",
    meaning: "How long a one-time code lives.",
    schema: wholeNumber(1, 86_400),
  }),
  otpResendSeconds: setting({
    name: "OTP_RESEND_SECONDS",
    default: "60",
    meaning: "Wait before another code is sent to the same phone.",
    schema: wholeNumber(0, 86_400),
  }),
  otpMaxAttempts: setting({
    name: "OTP_MAX_ATTEMPTS",
    default: "5",
    meaning: "Wrong tries before a code dies.",
    schema: wholeNumber(1, 100),
  }),
  otpPerPhonePerHour: setting({
    name: "OTP_PER_PHONE_PER_HOUR",
    default: "5",
    meaning: "Codes sent to one phone at most.",
    schema: wholeNumber(1, 1_000_000),
  }),
  otpPerIpPerHour: setting({
    name: "OTP_PER_IP_PER_HOUR",
    default: "30",
    meaning: "Codes sent for one address at most.",
    schema: wholeNumber(1, 1_000_000),
  }),
  sessionDays: setting({
    name: "SESSION_DAYS",
    default: "7",
    meaning: "How long a session lasts.",
    schema: wholeNumber(1, 3_650),
  }),
  sessionRememberDays: setting({
    name: "SESSION_REMEMBER_DAYS",
    default: "90",
    meaning: "How long a session lasts that was asked to be remembered.",
    schema: wholeNumber(1, 3_650),
  }),
  revealsPerMinute: setting({
    name: "REVEALS_PER_MINUTE",
    default: "60",
    meaning: "Cells that one member may reveal in a minute.",
    schema: wholeNumber(1, 1_000_000),
  }),
  requestsPerMinute: setting({
    name: "REQUESTS_PER_MINUTE",
    default: "600",
    meaning: "GraphQL requests per caller and, without one, per address; 0 turns it off.",
    schema: wholeNumber(0, 1_000_000),
  }),
  corsOrigins: setting({
    name: "CORS_ORIGINS",
    default: "",
    meaning: "Origins of web pages that may call, comma-separated.",
    schema: origins,
  }),
  trustProxy: setting({
    name: "TRUST_PROXY",
    default: "false",
    meaning: "Take the client address from X-Forwarded-For: `true` (one proxy), or the proxies' addresses.",
    schema: proxies,
  }),
  allowPrivateUpstreams: setting({
    name: "ALLOW_PRIVATE_UPSTREAMS",
    default: null,
    meaning:
      "Whether provider, OAuth and proxy addresses may point at loopback or private ranges; only outside production where left out.",
    schema: trueOrFalse,
  }),
  oauthServices: setting({
    name: "OAUTH_SERVICES",
    default: null,
    meaning:
      "More services to connect, or changes to those below, as JSON; usually in the file of OAUTH_SERVICES_FILE.",
    schema: oauthServicesText,
  }),
  graphiql: setting({
    name: "GRAPHIQL",
    default: null,
    meaning: "GraphiQL at /graphql: true or false; on outside production where left out.",
    schema: trueOrFalse,
  }),
  logLevel: setting({
    name: "LOG_LEVEL",
    default: "info",
    meaning: "fatal, error, warn, info, debug, trace or silent.",
    schema: oneOf(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
  }),
};
