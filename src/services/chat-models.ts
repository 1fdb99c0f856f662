import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import type { ChatCaller } from "./chat-input.js";
import { outcomeOf } from "./chat-meter.js";
import type { ModelEntry } from "./outside/model-providers/chat-shapes.js";
import type { ChatProviders } from "./outside/model-providers/model-providers.js";
import { nothingSpent, openProviderKeyUse } from "./provider-key-use.js";

/** So that a hundred keys are not a hundred connections, and a hundred uses, at the same moment. */
const keysAskedAtOnce = 10;

/**
 * What the organization's active keys can ask (a hundred at most, the newest first), or the one that is named: each model
 * once, that of the newest key that has it. Keys that fail are left out, unless all of them do.
 * @throws NOT_FOUND, CONFLICT for a named key that there is not, or that may not be used
 */
export function createModelList(database: Database, providers: ChatProviders, log: Log) {
  async function keysOf({ user, organizationId, providerKeyId }: ChatCaller): Promise<string[]> {
    if (providerKeyId != null) return [providerKeyId];
    const usable = await database.call("provider_key_choices", { organizationId }, user);
    return usable.map(({ id }) => id);
  }

  async function modelsOf(who: ChatCaller, providerKeyId: string, signal?: AbortSignal): Promise<ModelEntry[]> {
    signal?.throwIfAborted();
    const wanted = { providerKeyId, provider: null, model: null, tokensReserved: 0 };
    const use = await openProviderKeyUse(database, log, who, wanted);
    try {
      const models = await providers.models(use.key, signal);
      await use.settle(nothingSpent, "COMPLETED");
      return models.filter(({ id }) => use.allows(id)).map((model) => ({ ...model, provider_key_id: providerKeyId }));
    } catch (error) {
      await use.settle(nothingSpent, outcomeOf(error));
      throw error;
    }
  }

  return async (who: ChatCaller, signal?: AbortSignal): Promise<ModelEntry[]> => {
    const keys = await keysOf(who);
    const lists: PromiseSettledResult<ModelEntry[]>[] = [];
    while (lists.length < keys.length) {
      const next = keys.slice(lists.length, lists.length + keysAskedAtOnce);
      lists.push(...(await Promise.allSettled(next.map((key) => modelsOf(who, key, signal)))));
    }
    const [failed] = lists.filter((list) => list.status === "rejected");
    const listed = lists.flatMap((list) => (list.status === "fulfilled" ? [list.value] : []));
    if (failed && listed.length === 0) throw failed.reason;
    const byId = new Map<string, ModelEntry>();
    for (const entry of listed.flat()) if (!byId.has(entry.id)) byId.set(entry.id, entry);
    return [...byId.values()];
  };
}
