import { createTestDatabase, type TestDatabase } from "./database.js";
import { type DatabasePerson, setLimits, signInTo } from "./people.js";
import { type ProviderKeyCalls, providerKeyCalls } from "./provider-keys.js";

/** A database of one's own, whose limits nobody meets, and the owner of an organization in it. */
export async function organizationStage(): Promise<[TestDatabase, DatabasePerson]> {
  const testing = await createTestDatabase();
  await setLimits(testing.database);
  return [testing, await signInTo(testing.database)];
}

/** The same, and the functions of the organization's provider keys. */
export async function providerKeyStage(): Promise<[TestDatabase, DatabasePerson, ProviderKeyCalls]> {
  const [testing, owner] = await organizationStage();
  return [testing, owner, providerKeyCalls(testing.database, owner)];
}
