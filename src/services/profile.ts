import DataLoader from "dataloader";
import type { Person } from "../database/contract.generated.js";
import type { Caller, Database } from "../database/port.js";
import type { OnboardingRecord } from "./onboarding.js";
import type { Profile, Read } from "./sessions.js";

/** What is left out stays as it is; null clears. */
export interface ProfileChanges {
  readonly name?: string | null | undefined;
}

export interface NewTrait {
  readonly name: string;
  /** Any JSON but null. */
  readonly value: unknown;
  /** 0 to 1. */
  readonly confidence?: number | null | undefined;
  readonly source?: string | null | undefined;
}

/** The keys in which a person's own JSON comes are those that database/casing.ts leaves alone. */
export type PersonRecord = Omit<Person, "traitProfile" | "onboarding"> & {
  readonly onboarding: OnboardingRecord | null;
  readonly traitProfile: {
    readonly summary: string | null;
    readonly traits: object;
    readonly updatedAt: string;
  } | null;
};

export type Profiles = ReturnType<typeof createProfiles>;

/** What a person is told about themselves, and what they say. All of it is sealed under their own data key. */
export function createProfiles(database: Database) {
  return {
    /** @throws BAD_USER_INPUT `input.name` */
    async updateProfile(caller: Caller, { name }: ProfileChanges): Promise<Profile & Read> {
      const changes = name === undefined ? {} : { name };
      return { ...((await database.call("update_profile", { changes }, caller)) as Profile), reader: caller };
    },
    /** @throws BAD_USER_INPUT `input.name`, `input.value`, `input.confidence` or `input.source` */
    setTrait(caller: Caller, input: NewTrait) {
      return database.call("set_trait", { input }, caller);
    },
    /** Traits, the profile drawn from them, and onboarding, in one call. */
    async person(caller: Caller): Promise<PersonRecord> {
      return (await database.call("person", {}, caller)) as PersonRecord;
    },
    /** @throws RATE_LIMITED beyond five an hour, BAD_USER_INPUT over 64 MiB, FORBIDDEN where a fresh code is due */
    async exportAccount(caller: Caller): Promise<object> {
      return (await database.call("export_account", {}, caller)) as object;
    },
    /** @throws FORBIDDEN for the last owner of an organization with others in it, and where a fresh code is due */
    deleteAccount(caller: Caller): Promise<boolean> {
      return database.call("delete_account", {}, caller);
    },
  };
}

/** One call for all that a request asks about a person (a call for each caller, where it signed one in). */
export function createProfileLoaders(profiles: Profiles) {
  const load = (readers: readonly Caller[]) => {
    const people = new Map([...new Set(readers)].map((reader) => [reader, profiles.person(reader)]));
    return Promise.all(readers.map((reader) => people.get(reader) as Promise<PersonRecord>));
  };
  // A request with several mutations reads anew after each.
  return { person: new DataLoader<Caller, PersonRecord>(load, { cache: false }) };
}
