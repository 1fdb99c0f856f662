import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import type { AccessTokens } from "./access-token.js";
import type { Alarm } from "./alarm.js";
import { createAudit } from "./audit.js";
import type { Failures } from "./failures.js";
import { createOnboarding } from "./onboarding.js";
import { createOrganizations } from "./organizations.js";
import type { SmsSender } from "./outside/sms.js";
import { createProfiles } from "./profile.js";
import { createProviderKeys } from "./provider-keys.js";
import { createRelay } from "./relay.js";
import { createSessions } from "./sessions.js";
import { createTables } from "./tables.js";
import { createTestNumbers, type TestNumber } from "./test-numbers.js";
import type { ThreadFallback } from "./thread-fallback.js";
import { createThreads } from "./threads.js";
import { createVerification } from "./verification.js";

export interface ServiceParts {
  readonly database: Database;
  readonly sms: SmsSender;
  readonly testNumbers: readonly TestNumber[];
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
    providerKeys: createProviderKeys(database),
    tables: createTables(database),
    audit: createAudit({ database, failures, alarm, log }),
    threads: createThreads({ database, databaseSalt, fallback, failures }),
    relay: createRelay(database, alarm),
  };
}
