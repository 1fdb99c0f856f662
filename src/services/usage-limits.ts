import DataLoader from "dataloader";
import type { UsageLimits } from "../database/contract.generated.js";
import type { Caller, Database } from "../database/port.js";
import type { ChildKey } from "./organizations.js";
import { mostIds } from "./page-loader.js";
import type { Read } from "./sessions.js";

/** What is undefined stays; null lifts a limit. */
export interface UsageLimitChanges {
  readonly requestsPerMinute?: number | null;
  readonly tokensPerDay?: number | null;
  /** Names, or beginnings with a `*` behind them. */
  readonly models?: readonly string[] | null;
}

export type UsageLimitsService = ReturnType<typeof createUsageLimits>;

/** What organizations may use over all their provider keys. */
export function createUsageLimits(database: Database) {
  return {
    /** By organization; of foreign ones nothing. */
    async usageLimits(caller: Caller, organizationIds: readonly string[]): Promise<Map<string, UsageLimits>> {
      const rows = await database.call("usage_limits", { organizationIds: [...organizationIds] }, caller);
      return new Map(rows.map(({ organizationId, limits }) => [organizationId, limits]));
    },
    /** ADMIN. @throws BAD_USER_INPUT `input.limits.requestsPerMinute`, `input.limits.tokensPerDay`, `input.limits.models` */
    setUsageLimits: (caller: Caller, organizationId: string, limits: UsageLimitChanges): Promise<UsageLimits> =>
      database.call("set_usage_limits", { organizationId, limits }, caller),
  };
}

const unlimited: UsageLimits = { requestsPerMinute: null, tokensPerDay: null, models: null };

/** One call for the limits of all organizations of a request, read for the caller for whom they were read themselves. */
export function createUsageLimitLoaders(usageLimits: UsageLimitsService) {
  return {
    usageLimits: new DataLoader<ChildKey, UsageLimits>((keys) => limitsOf(usageLimits, keys), {
      cache: false,
      maxBatchSize: mostIds,
    }),
  };
}

async function limitsOf(usageLimits: UsageLimitsService, keys: readonly ChildKey[]): Promise<UsageLimits[]> {
  const readers: Read["reader"][] = [...new Set(keys.map((key) => key.reader))];
  const maps = readers.map(async (reader) => {
    const ids = new Set(keys.filter((key) => key.reader === reader).map((key) => key.organizationId));
    return [reader, await usageLimits.usageLimits(reader, [...ids])] as const;
  });
  const byReader = new Map(await Promise.all(maps));
  return keys.map(({ reader, organizationId }) => byReader.get(reader)?.get(organizationId) ?? unlimited);
}
