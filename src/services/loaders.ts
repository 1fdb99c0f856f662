import type { Caller } from "../database/port.js";
import { createOrganizationLoaders } from "./organizations.js";
import { createProfileLoaders } from "./profile.js";
import { createRelayLoaders } from "./relay-loaders.js";
import type { Services } from "./services.js";
import { createTableLoaders } from "./table-loaders.js";
import { createUsageLimitLoaders } from "./usage-limits.js";
import { createWebhookLoaders } from "./webhook-loaders.js";

export type Loaders = ReturnType<typeof createLoaders>;

/** One set a request: each child list of the answer is one call to the database, however many parents it has. */
export function createLoaders(services: Services, caller: Caller) {
  return {
    ...createOrganizationLoaders(services.organizations),
    ...createProfileLoaders(services.profiles),
    ...createUsageLimitLoaders(services.usageLimits),
    ...createTableLoaders(services.tables, caller),
    ...createRelayLoaders(services.relay, caller),
    ...createWebhookLoaders(services.webhooks, caller),
  };
}
