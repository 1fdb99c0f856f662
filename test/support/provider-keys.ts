import { randomUUID } from "node:crypto";
import type {
  ProviderKey,
  QuarantinedProviderKey,
  RevealedSecret,
  TakenProviderKey,
  UsageLimits,
} from "../../src/database/contract.generated.js";
import type { Caller, Database } from "../../src/database/port.js";
import { call, type DatabasePerson, server } from "./people.js";

/** Recognisable, of no known shape, and never the same twice. */
export const newApiKey = () => `sk-canary-${randomUUID()}`;

type Arguments = Record<string, unknown>;

/** The functions of provider keys, each as its owner or whoever is named. */
export function providerKeyCalls(database: Database, owner: DatabasePerson) {
  const as =
    <Result>(fn: string) =>
    (args: Arguments, caller: Caller = owner.caller) =>
      call<Result>(database, fn, args, caller);
  const { organizationId } = owner;
  return {
    add: (args: Arguments = {}, caller = owner.caller) =>
      as<ProviderKey>("insert_provider_key")(
        { organizationId, provider: "openai", apiKey: newApiKey(), ...args },
        caller,
      ),
    update: (providerKeyId: string, changes: Arguments, caller = owner.caller) =>
      as<ProviderKey>("update_provider_key")({ providerKeyId, changes }, caller),
    rotate: (providerKeyId: string, apiKey: string, caller = owner.caller) =>
      as<ProviderKey>("rotate_provider_key")({ providerKeyId, apiKey }, caller),
    check: (providerKeyId: string, apiKey: string, caller = owner.caller) =>
      as<Arguments>("check_provider_key_rotation")({ providerKeyId, apiKey }, caller),
    remove: (providerKeyId: string, caller = owner.caller) =>
      as<boolean>("delete_provider_key")({ providerKeyId }, caller),
    list: (caller = owner.caller) => as<ProviderKey[]>("provider_keys")({ organizationId }, caller),
    quarantine: (providerKeyId: string, reason: string | null = null, caller = owner.caller) =>
      as<QuarantinedProviderKey>("quarantine_provider_key")({ providerKeyId, reason }, caller),
    release: (providerKeyId: string, caller = owner.caller) =>
      as<ProviderKey>("release_provider_key")({ providerKeyId }, caller),
    limit: (limits: unknown, caller = owner.caller) =>
      as<UsageLimits>("set_usage_limits")({ organizationId, limits }, caller),
    /** For a person of the organization, or whoever `args` say, by the server. */
    take: ({ userId, sessionId }: DatabasePerson = owner, args: Arguments = {}, caller: Caller = server) =>
      as<TakenProviderKey>("take_provider_key")(
        { userId, sessionId, organizationId, model: "gpt-4o", ...args },
        caller,
      ) as Promise<TakenProviderKey & { useId: string }>,
    end: (useId: string, args: Arguments = {}, caller: Caller = server) =>
      as<boolean>("end_provider_key_use")({ useId, ...args }, caller),
    decrypted: async (providerKeyId: string, caller: Caller = server) =>
      (await as<RevealedSecret>("get_decrypted_provider_key")({ providerKeyId }, caller)).value,
  };
}

export type ProviderKeyCalls = ReturnType<typeof providerKeyCalls>;
