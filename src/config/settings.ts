import { codeSettings } from "./code-settings.js";
import { databaseSettings } from "./database-settings.js";
import { oauthServicesText } from "./oauth-services-text.js";
import { onboardingFile } from "./onboarding-file.js";
import { setting } from "./setting.js";
import {
  anyText,
  metricsToken,
  oneOf,
  origins,
  proxies,
  relaySecrets,
  relayWays,
  signingSecret,
  trueOrFalse,
  webAddress,
  wholeNumber,
} from "./setting-kinds.js";

/**
 * What a server would do with it is not built: whoever sets one is told so, since a key that was not exchanged must not
 * pass for one that was.
 */
export const settingsNotBuilt = ["VAULT_ROOT_KEY_PREVIOUS"] as const;

/** The key is the name in the code. Order is that of `.env.example`. */
export const settingsTable = {
  nodeEnv: setting({
    name: "NODE_ENV",
    default: null,
    meaning:
      "`production` demands every secret that is needed and an SMS_PROVIDER other than console, and allows a HOST that is not loopback.",
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
    meaning:
      "Folder of the embedded database, of generated secrets, and of thread progress that waits for the database; `.cloakroom` where left out.",
    schema: anyText,
  }),
  ...databaseSettings,
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
  ...codeSettings,
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
      "How old a session's last one-time code may be for a reveal, unsealing a column, exportAccount and deleteAccount; older ones are asked for a fresh one. 0 for any.",
    schema: wholeNumber(0, 31_536_000),
  }),
  requestsPerMinute: setting({
    name: "REQUESTS_PER_MINUTE",
    default: "600",
    meaning:
      "Requests to GraphQL, /v1 and the integrations' proxy per caller and, without one, per network (an IPv4 address, or 64 bits of an IPv6 one); deliveries to /hooks that do not verify or had come before, per network, and ten times as many events per endpoint; 0 turns it off.",
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
      "Where alerts (failure spikes, reveal bursts, broken audit chain, relay conflicts, integrations to reconnect, database away) are posted, signed as Standard Webhooks.",
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
      "The bearer for /metrics; without it callers on this machine alone, and nobody in production or where TRUST_PROXY is set. A proxy on this machine without TRUST_PROXY makes everybody look local.",
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
