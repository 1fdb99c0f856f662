import type {
  ProviderKey,
  QuarantinedProviderKey as Quarantined,
  ProviderKeyUse as Use,
} from "../database/contract.generated.js";
import type { Caller, Database } from "../database/port.js";
import { Plaintext } from "./crypto/plaintext.js";
import type { ModelProviders } from "./outside/model-provider.js";
import type { UsageLimitChanges } from "./usage-limits.js";

export type ProviderKeyRecord = ProviderKey;

export interface ProviderKeyUseRecord extends Use {
  readonly outcome: "COMPLETED" | "UPSTREAM_ERROR" | "ABORTED" | "FAILED" | null;
}

export interface QuarantinedProviderKey extends Quarantined {
  readonly recentUses: ProviderKeyUseRecord[];
}

export interface NewProviderKey {
  readonly organizationId: string;
  readonly provider: string;
  readonly apiKey: string;
  readonly label?: string | null;
  readonly baseUrl?: string | null;
}

/** What is undefined stays; null clears the label. */
export interface ProviderKeyChanges {
  readonly label?: string | null;
  readonly active?: boolean | null;
  readonly limits?: UsageLimitChanges | null;
}

export interface ProviderKeyRotation {
  readonly id: string;
  readonly apiKey: string;
  /** Whether the new key is tried upstream first. */
  readonly verify: boolean;
  /** For trying it. */
  readonly model?: string | null;
}

/** Everything here asks for ADMIN: FORBIDDEN below, NOT_FOUND for strangers. The key itself never comes back. */
export function createProviderKeys(database: Database, modelProviders: ModelProviders) {
  return {
    /** Oldest first. */
    providerKeys: (caller: Caller, organizationId: string): Promise<ProviderKeyRecord[]> =>
      database.call("provider_keys", { organizationId }, caller),
    /**
     * @throws BAD_USER_INPUT `input.provider`, `input.apiKey`, `input.label`, `input.baseUrl`; CONFLICT for a key that the
     * organization has already
     */
    addProviderKey(caller: Caller, input: NewProviderKey): Promise<ProviderKeyRecord> {
      const { organizationId, provider, apiKey, label = null, baseUrl = null } = input;
      return database.call("insert_provider_key", { organizationId, provider, apiKey, label, baseUrl }, caller);
    },
    /** @throws CONFLICT for activating a key in quarantine; BAD_USER_INPUT `input.label`, `input.limits.…` */
    updateProviderKey: (caller: Caller, id: string, changes: ProviderKeyChanges): Promise<ProviderKeyRecord> =>
      database.call("update_provider_key", { providerKeyId: id, changes }, caller),
    /**
     * Stores a new key and deactivates the old one, both or neither. To be verified, the new key is tried between two
     * calls: the first makes sure that only who may rotate has anything tried, the second asks all of it again.
     * @returns the new key
     * @throws UPSTREAM_ERROR where it was tried in vain; CONFLICT for a key that is deactivated or was replaced before;
     * else as addProviderKey. Nothing has changed then
     */
    async rotateProviderKey(caller: Caller, rotation: ProviderKeyRotation): Promise<ProviderKeyRecord> {
      const { id: providerKeyId, apiKey, verify, model = null } = rotation;
      if (verify) {
        const { provider, baseUrl } = await database.call(
          "check_provider_key_rotation",
          { providerKeyId, apiKey },
          caller,
        );
        await modelProviders.tryKey({ provider, baseUrl, apiKey: new Plaintext(apiKey.trim()), model });
      }
      return database.call("rotate_provider_key", { providerKeyId, apiKey }, caller);
    },
    /** From its return on the key is decrypted for nobody. A second time changes nothing. */
    async quarantineProviderKey(caller: Caller, id: string, reason: string | null): Promise<QuarantinedProviderKey> {
      const answer = await database.call("quarantine_provider_key", { providerKeyId: id, reason }, caller);
      return answer as QuarantinedProviderKey;
    },
    /** OWNER. The key stays deactivated. @throws CONFLICT for a key that is in no quarantine */
    releaseProviderKey: (caller: Caller, id: string, reason: string | null): Promise<ProviderKeyRecord> =>
      database.call("release_provider_key", { providerKeyId: id, reason }, caller),
    /** Row and vault secret go together. */
    deleteProviderKey: (caller: Caller, id: string): Promise<boolean> =>
      database.call("delete_provider_key", { providerKeyId: id }, caller),
  };
}
