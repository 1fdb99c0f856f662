import DataLoader from "dataloader";
import type { Caller, Database } from "../database/port.js";
import { mostIds } from "./page-loader.js";
import { e164 } from "./phone.js";
import type { Read } from "./sessions.js";

export type RoleName = "VIEWER" | "MEMBER" | "ADMIN" | "OWNER";

export interface OrganizationRecord {
  readonly id: string;
  readonly name: string;
  /** The caller's. */
  readonly role: RoleName;
  readonly createdAt: string;
}

export interface MemberRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly name: string | null;
  /** Masked. */
  readonly phone: string | null;
  readonly role: RoleName;
  readonly joinedAt: string | null;
}

export interface NewMember {
  readonly organizationId: string;
  readonly phone: string;
  readonly role: RoleName;
}

export type Organizations = ReturnType<typeof createOrganizations>;

/** Another's organization, and a member of one, is NOT_FOUND everywhere; too low a role FORBIDDEN. */
export function createOrganizations(database: Database) {
  return {
    /** The caller's organizations, oldest first. */
    async organizations(caller: Caller): Promise<(OrganizationRecord & Read)[]> {
      const rows = (await database.call("organizations", {}, caller)) as OrganizationRecord[];
      return rows.map((row) => ({ ...row, reader: caller }));
    },
    async organization(caller: Caller, id: string): Promise<OrganizationRecord & Read> {
      const row = (await database.call("organization", { organizationId: id }, caller)) as OrganizationRecord;
      return { ...row, reader: caller };
    },
    /** @throws BAD_USER_INPUT `input.name` */
    async createOrganization(caller: Caller, name: string): Promise<OrganizationRecord & Read> {
      const row = (await database.call("create_organization", { name }, caller)) as OrganizationRecord;
      return { ...row, reader: caller };
    },
    /** Destroys its keys too. OWNER. */
    async deleteOrganization(caller: Caller, id: string): Promise<boolean> {
      return (await database.call("delete_organization", { organizationId: id }, caller)) as boolean;
    },
    /** Members of several organizations at once, in the order in which they were added; of foreign ones none. */
    async members(caller: Caller, organizationIds: readonly string[]): Promise<MemberRecord[]> {
      return (await database.call("members", { organizationIds }, caller)) as MemberRecord[];
    },
    /** ADMIN; OWNER to make an OWNER. @throws BAD_USER_INPUT `input.phone`, CONFLICT for a member */
    async addMember(caller: Caller, { organizationId, phone, role }: NewMember): Promise<MemberRecord> {
      const args = { organizationId, phone: e164(phone), role };
      return (await database.call("add_member", args, caller)) as MemberRecord;
    },
    /** ADMIN below OWNER, else OWNER. @throws FORBIDDEN where the last OWNER would go */
    async updateMember(caller: Caller, id: string, role: RoleName): Promise<MemberRecord> {
      return (await database.call("update_member", { memberId: id, role }, caller)) as MemberRecord;
    },
    /** As updateMember; anyone may remove themselves. */
    async removeMember(caller: Caller, id: string): Promise<boolean> {
      return (await database.call("remove_member", { memberId: id }, caller)) as boolean;
    },
  };
}

/** Children of one organization, read for the caller for whom it was read itself. */
export interface ChildKey extends Read {
  readonly organizationId: string;
}

/** One call for the members of all organizations of a request (a call for each caller, where it signed one in). */
export function createOrganizationLoaders(organizations: Organizations) {
  return {
    members: new DataLoader<ChildKey, MemberRecord[]>((keys) => membersOf(organizations, keys), {
      cache: false,
      maxBatchSize: mostIds,
    }),
  };
}

async function membersOf(organizations: Organizations, keys: readonly ChildKey[]): Promise<MemberRecord[][]> {
  const readers = [...new Set(keys.map((key) => key.reader))];
  const lists = readers.map(async (reader) => {
    const ids = new Set(keys.filter((key) => key.reader === reader).map((key) => key.organizationId));
    return [reader, await organizations.members(reader, [...ids])] as const;
  });
  const byReader = new Map(await Promise.all(lists));
  return keys.map(({ reader, organizationId }) =>
    (byReader.get(reader) ?? []).filter((member) => member.organizationId === organizationId),
  );
}
