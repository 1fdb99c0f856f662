import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import type { AccessTokens } from "./access-token.js";
import type { Alarm } from "./alarm.js";
import { createAudit } from "./audit.js";
import { createChat } from "./chat.js";
import type { Failures } from "./failures.js";
import { createIntegrations, type IntegrationParts } from "./integrations.js";
import { createOnboarding } from "./onboarding.js";
import { createOrganizations } from "./organizations.js";
import type { ChatProviders } from "./outside/model-providers/model-providers.js";
import type { SmsSender } from "./outside/sms.js";
import { createProfiles } from "./profile.js";
import { createProviderKeys } from "./provider-keys.js";
import { createRelay } from "./relay.js";
import { createSessions } from "./sessions.js";
import { createTables } from "./tables.js";
import { createTestNumbers, type TestNumber } from "./test-numbers.js";
import type { ThreadFallback } from "./thread-fallback.js";
import { createThreads } from "./threads.js";
import { createUsageLimits } from "./usage-limits.js";
import { createVerification } from "./verification.js";
import { createWebhooks } from "./webhooks.js";

export interface ServiceParts {
  readonly database: Database;
  readonly sms: SmsSender;
  readonly testNumbers: readonly TestNumber[];
  readonly modelProviders: ChatProviders;
  readonly integrations: Omit<IntegrationParts, "database" | "log">;
  readonly accessTokens: AccessTokens;
  readonly databaseSalt: string;
  readonly fallback: ThreadFallback;
  readonly failures: Failures;
  readonly alarm: Alarm;
  readonly log: Log;
}

export type Services = ReturnType<typeof createServices>;

/** What the product does, a service a noun. Made once; each method takes its caller. */
export function createServices({
  database,
  sms,
  testNumbers,
  modelProviders,
  integrations,
  accessTokens,
  databaseSalt,
  fallback,
  failures,
  alarm,
  log,
}: ServiceParts) {
  return {
    verification: createVerification({
      database,
      sms,
      testNumbers: createTestNumbers(testNumbers, log),
      accessTokens,
      failures,
      log,
    }),
    sessions: createSessions({ database, accessTokens, failures }),
    profiles: createProfiles(database),
    onboarding: createOnboarding(database),
    organizations: createOrganizations(database),
    usageLimits: createUsageLimits(database),
    chat: createChat(database, modelProviders, log),
    providerKeys: createProviderKeys(database, modelProviders),
    tables: createTables(database),
    audit: createAudit({ database, failures, alarm, log }),
    threads: createThreads({ database, databaseSalt, fallback, failures }),
    relay: createRelay(database, alarm),
    webhooks: createWebhooks(database),
    integrations: createIntegrations({ ...integrations, database, log }),
  };
}
