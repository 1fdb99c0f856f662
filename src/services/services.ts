import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import type { AccessTokens } from "./access-token.js";
import { createAudit } from "./audit.js";
import { createChat } from "./chat.js";
import { createIntegrations, type IntegrationParts } from "./integrations.js";
import { createOrganizations } from "./organizations.js";
import type { ChatProviders } from "./outside/model-providers/model-providers.js";
import type { SmsSender } from "./outside/sms.js";
import { createProviderKeys } from "./provider-keys.js";
import { createRelay } from "./relay.js";
import { createSessions } from "./sessions.js";
import { createTables } from "./tables.js";
import { createThreads } from "./threads.js";
import { createUsageLimits } from "./usage-limits.js";
import { createVerification } from "./verification.js";
import { createWebhooks } from "./webhooks.js";

export interface ServiceParts {
  readonly database: Database;
  readonly sms: SmsSender;
  readonly modelProviders: ChatProviders;
  readonly integrations: Omit<IntegrationParts, "database" | "log">;
  readonly accessTokens: AccessTokens;
  readonly databaseSalt: string;
  readonly log: Log;
}

export type Services = ReturnType<typeof createServices>;

/** What the product does, a service a noun. Made once; each method takes its caller. */
export function createServices({
  database,
  sms,
  modelProviders,
  integrations,
  accessTokens,
  databaseSalt,
  log,
}: ServiceParts) {
  return {
    verification: createVerification(database, sms, accessTokens),
    sessions: createSessions(database, accessTokens),
    organizations: createOrganizations(database),
    usageLimits: createUsageLimits(database),
    chat: createChat(database, modelProviders, log),
    providerKeys: createProviderKeys(database, modelProviders),
    tables: createTables(database),
    audit: createAudit(database, log),
    threads: createThreads(database, databaseSalt),
    relay: createRelay(database),
    webhooks: createWebhooks(database),
    integrations: createIntegrations({ ...integrations, database, log }),
  };
}
