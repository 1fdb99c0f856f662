import { catalogSnapshot } from "./catalog-snapshot.js";
import { contractOfCatalog } from "./contract-of-catalog.js";
import { withFreshDatabase } from "./fresh-database.js";
import { type GeneratedFiles, isCommand, writeGenerated } from "./generated-files.js";

export const contractPath = "src/database/contract.generated.ts";
export const snapshotPath = "test/catalog/snapshot.generated.txt";

/** What the database promises TypeScript, and what it promises reviewers. */
export function generateContract(): Promise<GeneratedFiles> {
  return withFreshDatabase(async (client) => ({
    [contractPath]: await contractOfCatalog(client),
    [snapshotPath]: await catalogSnapshot(client),
  }));
}

if (isCommand(import.meta.url)) writeGenerated(await generateContract());
