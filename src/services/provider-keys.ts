import type { Caller, Database } from "../database/port.js";

export interface ProviderKeyRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly provider: string;
  readonly label: string | null;
  readonly baseUrl: string | null;
  /** Masked. */
  readonly apiKey: string;
  readonly active: boolean;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly lastUsedAt: string | null;
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
}

export type ProviderKeys = ReturnType<typeof createProviderKeys>;

/** Everything here asks for ADMIN: FORBIDDEN below, NOT_FOUND for strangers. The key itself never comes back. */
export function createProviderKeys(database: Database) {
  return {
    /** Oldest first. */
    async providerKeys(caller: Caller, organizationId: string): Promise<ProviderKeyRecord[]> {
      return (await database.call("provider_keys", { organizationId }, caller)) as ProviderKeyRecord[];
    },
    /** @throws BAD_USER_INPUT `input.provider`, `input.apiKey`, `input.label`, `input.baseUrl` */
    async addProviderKey(caller: Caller, input: NewProviderKey): Promise<ProviderKeyRecord> {
      const { organizationId, provider, apiKey, label = null, baseUrl = null } = input;
      const args = { organizationId, provider, apiKey, label, baseUrl };
      return (await database.call("insert_provider_key", args, caller)) as ProviderKeyRecord;
    },
    async updateProviderKey(caller: Caller, id: string, changes: ProviderKeyChanges): Promise<ProviderKeyRecord> {
      return (await database.call("update_provider_key", { providerKeyId: id, changes }, caller)) as ProviderKeyRecord;
    },
    /** Row and vault secret go together. */
    async deleteProviderKey(caller: Caller, id: string): Promise<boolean> {
      return (await database.call("delete_provider_key", { providerKeyId: id }, caller)) as boolean;
    },
  };
}
