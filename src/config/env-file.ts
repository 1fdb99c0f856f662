import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../.env", import.meta.url));

/**
 * Puts what `.env` in this package's folder says into the environment; what is set there already wins. All that reads
 * settings reads them so: a command that looked elsewhere would find another database than the server does.
 */
export function loadEnvFile(): void {
  if (existsSync(file)) process.loadEnvFile(file);
}
