import type { z } from "zod";
import { oauthServicesText } from "./oauth-services-text.js";
import { onboardingFile } from "./onboarding-file.js";
import {
  anyText,
  fernetKey,
  longSecret,
  metricsToken,
  oneOf,
  origins,
  postgresAddress,
  proxies,
  relaySecrets,
  relayWays,
  signingSecret,
  supabaseAnonKey,
  supabaseServiceKey,
  trueOrFalse,
  webAddress,
  wholeNumber,
} from "./setting-kinds.js";
import { signingKey } from "./signing-key.js";
import { callingCodes, testNumbers, twilioId, twilioNumber, twilioToken } from "./sms-settings.js";

/** One environment variable: how it is named, read and explained. `.env.example` is printed from this table. */
export interface Setting<Schema extends z.ZodType = z.ZodType, Default extends string | null = string | null> {
  readonly name: string;
  /** Other names that say the same. Two that are set must agree. */
  readonly aliases?: readonly string[];
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
  databaseDriver: setting({
    name: "DATABASE_DRIVER",
    default: null,
    meaning: "`postgres` answers from DATABASE_URL although SUPABASE_SERVICE_KEY is set; `supabase` demands it.",
    schema: oneOf(["postgres", "supabase"]),
  }),
  databaseMigrationUrl: setting({
    name: "DATABASE_MIGRATION_URL",
    default: null,
    meaning: "The role that migrates, where it is not the one of DATABASE_URL; for a Supabase project nothing else.",
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
    meaning: "The Supabase project whose tokens ours look like, and which answers requests where its keys are set too.",
    schema: webAddress,
  }),
  supabaseServiceKey: setting({
    name: "SUPABASE_SERVICE_KEY",
    aliases: ["SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"],
    default: null,
    meaning: "The project's secret key, sb_secret_..., or its service_role key.",
    schema: supabaseServiceKey,
  }),
  supabaseAnonKey: setting({
    name: "SUPABASE_ANON_KEY",
    aliases: ["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_KEY"],
    default: null,
    meaning: "The project's publishable key, sb_publishable_..., or its anon key.",
    schema: supabaseAnonKey,
  }),
  supabaseJwtSecret: setting({
    name: "SUPABASE_JWT_SECRET",
    default: null,
    meaning: "Signs and checks access tokens, 32 characters or more.",
    schema: longSecret,
    secret: true,
  }),
  supabaseJwtPrivateKey: setting({
    name: "SUPABASE_JWT_PRIVATE_KEY",
    default: null,
    meaning:
      "Signs access tokens in the secret's place: an ES256 private key as a JSON Web Key with kid, imported into the project.",
    schema: signingKey,
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
    meaning:
      "`twilio` sends codes as messages, `twilio-verify` lets Twilio Verify make and check them; `console` prints each as one line on standard output, never in production.",
    schema: oneOf(["console", "twilio", "twilio-verify"]),
  }),
  twilioAccountSid: setting({
    name: "TWILIO_ACCOUNT_SID",
    default: null,
    meaning: "Twilio's account, AC and 32 characters.",
    schema: twilioId("AC"),
  }),
  twilioAuthToken: setting({
    name: "TWILIO_AUTH_TOKEN",
    default: null,
    meaning: "The auth token of that account.",
    schema: twilioToken,
  }),
  twilioFrom: setting({
    name: "TWILIO_FROM",
    default: null,
    meaning: "With `twilio`: the number that messages come from.",
    schema: twilioNumber,
  }),
  twilioMessagingServiceSid: setting({
    name: "TWILIO_MESSAGING_SERVICE_SID",
    default: null,
    meaning: "With `twilio`, instead of TWILIO_FROM: the messaging service that chooses the number.",
    schema: twilioId("MG"),
  }),
  twilioVerifyServiceSid: setting({
    name: "TWILIO_VERIFY_SERVICE_SID",
    default: null,
    meaning: "With `twilio-verify`: the service, which must make codes of six digits.",
    schema: twilioId("VA"),
  }),
  twilioBaseUrl: setting({
    name: "TWILIO_BASE_URL",
    default: null,
    meaning: "Where Twilio's API is reached instead, for a regional edge or a stand-in.",
    schema: webAddress,
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
  otpPerCountryPerHour: setting({
    name: "OTP_PER_COUNTRY_PER_HOUR",
    default: "10000",
    meaning: "Codes sent to one country calling code at most; 0 for no limit.",
    schema: wholeNumber(0, 1_000_000),
  }),
  otpCountries: setting({
    name: "OTP_COUNTRIES",
    default: "",
    meaning: "Country calling codes that codes are sent to, comma-separated, such as 1,44,49; all where left out.",
    schema: callingCodes,
  }),
  otpTestNumbers: setting({
    name: "OTP_TEST_NUMBERS",
    default: "",
    meaning:
      "Numbers with a fixed code and a last day (UTC), for reviewers of an app, such as +15555550100=123456@2027-01-31, comma-separated; nothing is sent to them.",
    schema: testNumbers,
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
  sessionIdleDays: setting({
    name: "SESSION_IDLE_DAYS",
    default: "30",
    meaning: "After how many days without use a session ends before its time; 0 for never.",
    schema: wholeNumber(0, 3_650),
  }),
  revealsPerMinute: setting({
    name: "REVEALS_PER_MINUTE",
    default: "60",
    meaning: "Cells that one member may reveal in a minute.",
    schema: wholeNumber(1, 1_000_000),
  }),
  revealMaxAuthAgeSeconds: setting({
    name: "REVEAL_MAX_AUTH_AGE_SECONDS",
    default: "0",
    meaning:
      "How old a session's last one-time code may be for a reveal; older ones are asked for a fresh one. 0 for any.",
    schema: wholeNumber(0, 31_536_000),
  }),
  requestsPerMinute: setting({
    name: "REQUESTS_PER_MINUTE",
    default: "600",
    meaning: "GraphQL requests per caller and, without one, per address; 0 turns it off.",
    schema: wholeNumber(0, 1_000_000),
  }),
  onboarding: setting({
    name: "ONBOARDING_FILE",
    default: null,
    meaning: "A JSON file of what the onboarding conversation asks; onboarding.json of the package where left out.",
    schema: onboardingFile,
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
  alertWebhookUrl: setting({
    name: "ALERT_WEBHOOK_URL",
    default: null,
    meaning:
      "Where alerts (failure spikes, reveal bursts, broken audit chain) are posted, signed as Standard Webhooks.",
    schema: webAddress,
  }),
  alertWebhookSecret: setting({
    name: "ALERT_WEBHOOK_SECRET",
    default: null,
    meaning: "Signs alerts: whsec_ and base64, or 32 characters or more.",
    schema: signingSecret,
  }),
  alertFailures: setting({
    name: "ALERT_FAILURES",
    default: "20",
    meaning: "Failures of one kind within ALERT_WINDOW_SECONDS that are a spike, and so one alert.",
    schema: wholeNumber(1, 10_000),
  }),
  alertWindowSeconds: setting({
    name: "ALERT_WINDOW_SECONDS",
    default: "300",
    meaning: "The window in which failures are counted for alerts.",
    schema: wholeNumber(1, 86_400),
  }),
  metricsToken: setting({
    name: "METRICS_TOKEN",
    default: null,
    meaning:
      "The bearer for /metrics; without it callers on this machine alone, and nobody in production or behind a proxy.",
    schema: metricsToken,
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
