import { serverRolePassword } from "../../src/database/login-role.js";
import { migrate } from "../../src/database/migrate.js";

/** A server process that migrates, for tests that kill one: `node --import tsx migrate-child.ts`, told by environment. */
const { ADMIN_URL = "", ROOT_KEY = "", MIGRATIONS = "" } = process.env;
const log = (message: string) => process.stdout.write(`${message}\n`);
await migrate({
  adminUrl: ADMIN_URL,
  rootKey: ROOT_KEY,
  serverRolePassword: serverRolePassword(ROOT_KEY),
  log,
  migrationsDirectory: MIGRATIONS,
});
