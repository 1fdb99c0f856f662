import type { Log } from "../database/log.js";
import type { Database } from "../database/port.js";
import type { ChatCaller } from "./chat.js";
import type { UsableKey } from "./chat-keys.js";
import { outcomeOf } from "./chat-meter.js";
import type { ModelEntry } from "./outside/model-providers/chat-shapes.js";
import type { ChatProviders } from "./outside/model-providers/model-providers.js";
import { nothingSpent, openProviderKeyUse } from "./provider-key-use.js";

const mostKeysAsked = 20;

/** What the organization's active keys can ask, each model once: that of the newest key that has it. */
export function createModelList(database: Database, providers: ChatProviders, log: Log) {
  const usableKeys = async ({ user, organizationId }: ChatCaller) =>
    (await database.call("provider_key_choices", { organizationId }, user)) as UsableKey[];

  async function modelsOf(who: ChatCaller, key: UsableKey, signal?: AbortSignal): Promise<ModelEntry[]> {
    const wanted = { providerKeyId: key.id, provider: null, model: null, tokensReserved: 0 };
    const use = await openProviderKeyUse(database, log, who, wanted);
    try {
      const models = await providers.models(use.key, signal);
      await use.settle(nothingSpent, "COMPLETED");
      return models.filter(({ id }) => use.allows(id)).map((model) => ({ ...model, provider_key_id: key.id }));
    } catch (error) {
      await use.settle(nothingSpent, outcomeOf(error));
      throw error;
    }
  }

  return async (who: ChatCaller, signal?: AbortSignal): Promise<ModelEntry[]> => {
    const { providerKeyId = null } = who;
    const keys = (await usableKeys(who)).filter(({ id }) => providerKeyId === null || id === providerKeyId);
    const lists = await Promise.allSettled(keys.slice(0, mostKeysAsked).map((key) => modelsOf(who, key, signal)));
    const [failed] = lists.filter((list) => list.status === "rejected");
    const listed = lists.flatMap((list) => (list.status === "fulfilled" ? [list.value] : []));
    if (failed && listed.length === 0) throw failed.reason;
    const byId = new Map<string, ModelEntry>();
    for (const entry of listed.flat()) if (!byId.has(entry.id)) byId.set(entry.id, entry);
    return [...byId.values()];
  };
}
