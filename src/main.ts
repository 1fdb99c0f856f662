import { pino } from "pino";
import { createApplication } from "./application.js";
import { loadEnvFile } from "./config/env-file.js";
import { type Config, completeSecrets, lacksSecrets, readSettings, type Settings } from "./config.js";
import { chooseDataDirectory } from "./database/data-directory.js";
import { startEmbedded } from "./database/embedded.js";
import type { Log } from "./database/log.js";
import { isOfLoginRole, serverRolePassword, serverUrl } from "./database/login-role.js";
import { migrate } from "./database/migrate.js";
import type { Database } from "./database/port.js";
import { createPostgresDatabase } from "./database/postgres.js";
import { lockDirectory } from "./database/server-lock.js";
import { type Close, runProcess } from "./lifecycle.js";
import { createProgressFile, type ProgressFile } from "./services/outside/progress-file.js";
import { createSmsSender } from "./services/outside/sms-sender.js";

/** The process: settings, data directory, database, requests, in this order, and back when it is told to stop. */
async function start(own: (close: Close) => void): Promise<void> {
  loadEnvFile();
  const settings = readSettings(process.env);
  log.level = settings.logLevel;
  const dataDirectory = dataDirectoryOf(settings);
  const config = completeSecrets(settings, dataDirectory);

  const database = await openDatabase(config, dataDirectory, own);
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

type Own = (close: Close) => void;

function openDatabase(config: Config, dataDirectory: string | undefined, own: Own): Promise<Database> {
  return config.databaseDriver === "supabase" ? openProject(config) : openPostgres(config, dataDirectory, own);
}

async function openPostgres(config: Config, dataDirectory: string | undefined, own: Own): Promise<Database> {
  const adminUrl = config.databaseMigrationUrl ?? config.databaseUrl ?? (await embeddedUrl(dataDirectory, own));
  const rootKey = required(config.vaultRootKey);
  const password = serverRolePassword(rootKey);
  if (config.migrateOnStart) await migrate({ adminUrl, rootKey, serverRolePassword: password, log: say });
  return createPostgresDatabase({ url: servingUrl(config.databaseUrl ?? adminUrl, password), rootKey, log: say });
}

/** Migrated over Postgres where an address is given; answered over HTTP, by a driver that nobody else has to load. */
async function openProject(config: Config): Promise<Database> {
  const { startSupabaseDatabase } = await import("./database/supabase-start.js");
  const adminUrl = config.migrateOnStart ? (config.databaseMigrationUrl ?? config.databaseUrl) : null;
  if (adminUrl) await migrate({ adminUrl, rootKey: config.vaultRootKey, serverRolePassword: null, log: say });
  return startSupabaseDatabase({
    url: required(config.supabaseUrl),
    serviceKey: required(config.supabaseServiceKey),
    anonKey: required(config.supabaseAnonKey),
    log: say,
    patienceMilliseconds: adminUrl ? 30_000 : 0,
  });
}

/** Settings have been checked: what the driver needs is there. */
function required(value: string | null): string {
  if (value === null) throw new Error("A setting is missing that the chosen database needs.");
  return value;
}

/** Only where something has to be kept in it: a server with its database elsewhere and every secret set needs none. */
function dataDirectoryOf(settings: Settings): string | undefined {
  if (!isEmbedded(settings) && !lacksSecrets(settings)) return undefined;
  return chooseDataDirectory(settings.dataDir ?? undefined, say, isEmbedded(settings));
}

const isEmbedded = ({ databaseDriver, databaseUrl }: Settings) => databaseDriver === "postgres" && !databaseUrl;

/**
 * Optional, so a server that may write nowhere starts all the same; a DATA_DIR that was set has to be right. Of two servers
 * on one directory the first has the file: they would overwrite each other's.
 */
async function progressFileIn(
  dataDirectory: string | undefined,
  settings: Settings,
  own: Own,
): Promise<ProgressFile | null> {
  const away = "thread progress cannot be saved while the database is away";
  let directory: string;
  try {
    directory = dataDirectory ?? chooseDataDirectory(settings.dataDir ?? undefined, say, false);
  } catch (error) {
    if (settings.dataDir) throw error;
    say(`There is no data directory: ${away}.`);
    return null;
  }
  // The embedded Postgres has locked its own already.
  const lock = !isEmbedded(settings) ? await lockDirectory(directory).catch(() => null) : undefined;
  if (lock === null) {
    say(`Another server uses the data directory, and this one needs a DATA_DIR of its own: ${away}.`);
    return null;
  }
  if (lock) own(() => lock.release());
  return createProgressFile(directory);
}

async function embeddedUrl(dataDirectory: string | undefined, own: Own): Promise<string> {
  const postgres = await startEmbedded({ dataDirectory: dataDirectory ?? "", log: say });
  own(() => postgres.stop());
  return postgres.adminUrl;
}

/** Requests are answered as the login role, whose password follows from the root key unless the address has one. */
function servingUrl(address: string, password: string): string {
  const url = new URL(address);
  return isOfLoginRole(url.href) && url.password ? url.href : serverUrl(url.href, password);
}

runProcess({ start, log });
