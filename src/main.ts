import { pino } from "pino";
import { createApplication } from "./application.js";
import { type Config, completeSecrets, lacksSecrets, readSettings, type Settings } from "./config.js";
import { chooseDataDirectory, startEmbedded } from "./database/embedded.js";
import type { Log } from "./database/log.js";
import { migrate, serverRolePassword, serverUrl } from "./database/migrate.js";
import { createPostgresDatabase } from "./database/postgres.js";
import { lockDirectory } from "./database/server-lock.js";
import { type Close, runProcess } from "./lifecycle.js";
import { createProgressFile, type ProgressFile } from "./services/outside/progress-file.js";
import { createSmsSender } from "./services/outside/sms-sender.js";

/** The process: settings, data directory, database, requests, in this order, and back when it is told to stop. */
async function start(own: (close: Close) => void): Promise<void> {
  const settings = readSettings(process.env);
  log.level = settings.logLevel;
  const dataDirectory = dataDirectoryOf(settings);
  const config = completeSecrets(settings, dataDirectory);

  const adminUrl = config.databaseMigrationUrl ?? config.databaseUrl ?? (await embeddedUrl(dataDirectory, own));
  const { vaultRootKey: rootKey } = config;
  if (config.migrateOnStart)
    await migrate({ adminUrl, rootKey, serverRolePassword: serverRolePassword(rootKey), log: say });
  const database = createPostgresDatabase({ url: servingUrl(config, adminUrl), rootKey, log: say });
  own(() => database.close());

  const application = await createApplication({
    config,
    database,
    sms: createSmsSender(config),
    progressFile: await progressFileIn(dataDirectory, settings, own),
    log,
  });
  own(() => application.close());
  const { url } = await application.listen();
  // By hand, since it must be there, in this form, at every log level.
  process.stdout.write(`${JSON.stringify({ msg: "listening", url })}\n`);
}

const log = pino({ base: null });
const say: Log = (message, fields = {}) => log.info(fields, message);

/** Only where something has to be kept in it: a server with its database elsewhere and every secret set needs none. */
function dataDirectoryOf(settings: Settings): string | undefined {
  if (settings.databaseUrl && !lacksSecrets(settings)) return undefined;
  return chooseDataDirectory(settings.dataDir ?? undefined, say, !settings.databaseUrl);
}

/**
 * Optional, so a server that may write nowhere starts all the same; a DATA_DIR that was set has to be right. Of two servers
 * on one directory the first has the file: they would overwrite each other's.
 */
async function progressFileIn(
  dataDirectory: string | undefined,
  { dataDir, databaseUrl }: Settings,
  own: (close: Close) => void,
): Promise<ProgressFile | null> {
  const away = "thread progress cannot be saved while the database is away";
  let directory: string;
  try {
    directory = dataDirectory ?? chooseDataDirectory(dataDir ?? undefined, say, false);
  } catch (error) {
    if (dataDir) throw error;
    say(`There is no data directory: ${away}.`);
    return null;
  }
  // The embedded Postgres has locked its own already.
  const lock = databaseUrl ? await lockDirectory(directory).catch(() => null) : undefined;
  if (lock === null) {
    say(`Another server uses the data directory, and this one needs a DATA_DIR of its own: ${away}.`);
    return null;
  }
  if (lock) own(() => lock.release());
  return createProgressFile(directory);
}

async function embeddedUrl(dataDirectory: string | undefined, own: (close: Close) => void): Promise<string> {
  const postgres = await startEmbedded({ dataDirectory: dataDirectory ?? "", log: say });
  own(() => postgres.stop());
  return postgres.adminUrl;
}

/** Requests are answered as the login role, whose password follows from the root key unless the address has one. */
function servingUrl({ databaseUrl, vaultRootKey }: Config, adminUrl: string): string {
  const url = new URL(databaseUrl ?? adminUrl);
  const isLoginRole = /^cloakroom_server(\.|$)/.test(decodeURIComponent(url.username));
  return isLoginRole && url.password ? url.href : serverUrl(url.href, serverRolePassword(vaultRootKey));
}

runProcess({ start, log });
