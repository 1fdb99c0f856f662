import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import type { AccessTokens } from "./access-token.js";
import { createAudit } from "./audit.js";
import { createOrganizations } from "./organizations.js";
import type { SmsSender } from "./outside/sms.js";
import { createProviderKeys } from "./provider-keys.js";
import { createRelay } from "./relay.js";
import { createSessions } from "./sessions.js";
import { createTables } from "./tables.js";
import { createThreads } from "./threads.js";
import { createVerification } from "./verification.js";

export interface ServiceParts {
  readonly database: Database;
  readonly sms: SmsSender;
  readonly accessTokens: AccessTokens;
  readonly databaseSalt: string;
  readonly log: Log;
}

export type Services = ReturnType<typeof createServices>;

/** What the product does, a service a noun. Made once; each method takes its caller. */
export function createServices({ database, sms, accessTokens, databaseSalt, log }: ServiceParts) {
  return {
    verification: createVerification(database, sms, accessTokens),
    sessions: createSessions(database, accessTokens),
    organizations: createOrganizations(database),
    providerKeys: createProviderKeys(database),
    tables: createTables(database),
    audit: createAudit(database, log),
    threads: createThreads(database, databaseSalt),
    relay: createRelay(database),
  };
}
