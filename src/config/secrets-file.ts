import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";

/** Secrets by the name of their environment variable. */
export type GeneratedSecrets = Readonly<Record<string, unknown>>;

/**
 * The secrets that this data directory was first started with, made now where there are none: `secrets.json`, mode 0600.
 * The file appears whole or not at all, and of two first starts both take what the quicker one wrote: what is sealed
 * under a secret is lost with it, so a secret that was used is never replaced.
 * @throws Error with one sentence where the file cannot be made, or is not the JSON object it should be
 */
export function keptSecrets(dataDirectory: string): GeneratedSecrets {
  const file = path.join(dataDirectory, "secrets.json");
  return readSecrets(file) ?? makeSecrets(dataDirectory, file);
}

function makeSecrets(dataDirectory: string, file: string): GeneratedSecrets {
  const draft = path.join(dataDirectory, `secrets-${randomBytes(8).toString("hex")}.json`);
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o711 });
    writeWhole(draft, `${JSON.stringify(freshSecrets(), null, 2)}\n`);
    linkUnlessThere(draft, file);
  } catch (error) {
    throw new Error(
      `Generated secrets cannot be kept in the data directory (${codeOf(error)}): set DATA_DIR to a folder that can be written.`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
  const secrets = readSecrets(file);
  if (!secrets) throw new Error("secrets.json vanished from the data directory while the server started.");
  return secrets;
}

function freshSecrets(): GeneratedSecrets {
  return {
    SUPABASE_JWT_SECRET: randomBytes(48).toString("base64url"),
    DATABASE_SALT: randomBytes(48).toString("base64url"),
    VAULT_ROOT_KEY: `${randomBytes(32).toString("base64url")}=`,
    RELAY_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString("base64")}`,
  };
}

function writeWhole(file: string, text: string): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** `link` alone decides between two that start at once: it refuses where the name is taken. */
function linkUnlessThere(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function readSecrets(file: string): GeneratedSecrets | null {
  try {
    const secrets: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof secrets !== "object" || secrets === null) throw new SyntaxError();
    if (statSync(file).mode & 0o077) chmodSync(file, 0o600);
    return secrets as GeneratedSecrets;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    // A JSON error quotes the text around it, which is a secret here.
    throw new Error(`secrets.json in the data directory cannot be read (${codeOf(error)}): restore it from a backup.`);
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "it is not a JSON object";
