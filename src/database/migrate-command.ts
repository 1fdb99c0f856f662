import { loadEnvFile } from "../config/env-file.js";
import { completeSecrets, lacksSecrets, readSettings } from "../config.js";
import { chooseDataDirectory } from "./data-directory.js";
import { startEmbedded } from "./embedded.js";
import type { Log } from "./log.js";
import { serverRolePassword } from "./login-role.js";
import { migrate } from "./migrate.js";

/** `npm run db:migrate`: brings the database that the settings name, or the embedded one, to this version. */
const log: Log = (message, fields = {}) => process.stdout.write(`${JSON.stringify({ msg: message, ...fields })}\n`);

async function run(): Promise<void> {
  loadEnvFile();
  const settings = readSettings(process.env);
  const isProject = settings.databaseDriver === "supabase";
  const given = settings.databaseMigrationUrl ?? settings.databaseUrl;
  if (isProject && !given)
    throw new Error(
      "Set DATABASE_MIGRATION_URL to the Supabase project's own Postgres address, or apply what `npm run db:bundle` prints.",
    );
  const needsDirectory = !given || lacksSecrets(settings);
  const directory = needsDirectory ? chooseDataDirectory(settings.dataDir ?? undefined, log, !given) : undefined;
  const { vaultRootKey: rootKey } = completeSecrets(settings, directory);
  const password = isProject || rootKey === null ? null : serverRolePassword(rootKey);
  const embedded = given ? null : await startEmbedded({ dataDirectory: directory ?? "", log });
  try {
    const adminUrl = given ?? embedded?.adminUrl ?? "";
    const { applied } = await migrate({ adminUrl, rootKey, serverRolePassword: password, log });
    log(applied.length === 0 ? "the database is up to date" : "migrated", { applied });
  } finally {
    await embedded?.stop();
  }
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
