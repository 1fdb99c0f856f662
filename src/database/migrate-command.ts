import { completeSecrets, lacksSecrets, readSettings } from "../config.js";
import { chooseDataDirectory, startEmbedded } from "./embedded.js";
import type { Log } from "./log.js";
import { migrate, serverRolePassword } from "./migrate.js";

/** `npm run db:migrate`: brings the database that the settings name, or the embedded one, to this version. */
const log: Log = (message, fields = {}) => process.stdout.write(`${JSON.stringify({ msg: message, ...fields })}\n`);

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  const isEmbedded = !settings.databaseUrl;
  const needsDirectory = isEmbedded || lacksSecrets(settings);
  const directory = needsDirectory ? chooseDataDirectory(settings.dataDir ?? undefined, log, isEmbedded) : undefined;
  const { vaultRootKey: rootKey, databaseMigrationUrl, databaseUrl } = completeSecrets(settings, directory);
  const given = databaseMigrationUrl ?? databaseUrl;
  const embedded = given ? null : await startEmbedded({ dataDirectory: directory ?? "", log });
  try {
    const adminUrl = given ?? embedded?.adminUrl ?? "";
    const { applied } = await migrate({ adminUrl, rootKey, serverRolePassword: serverRolePassword(rootKey), log });
    log(applied.length === 0 ? "the database is up to date" : "migrated", { applied });
  } finally {
    await embedded?.stop();
  }
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
