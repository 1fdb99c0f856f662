import { setTimeout as sleep } from "node:timers/promises";
import { addressKeyOf } from "./address-proof.js";
import { hashOfCurrent } from "./current-definitions.js";
import { readMigrationFiles } from "./migration-files.js";
import type { Database } from "./port.js";
import { serverCaller } from "./server-caller.js";
import { createSupabaseDatabase, type SupabaseDatabaseOptions } from "./supabase.js";
import { complaintAbout } from "./supabase-errors.js";
import { SupabaseRefusal } from "./supabase-refusal.js";
import { createWire } from "./supabase-wire.js";

export interface SupabaseStartOptions extends SupabaseDatabaseOptions {
  readonly migrationsDirectory?: string;
  /** How long PostgREST may take to know functions that were just made. */
  readonly patienceMilliseconds?: number;
}

/**
 * The driver over a project that was found to answer, with these keys, and to be of this release; the database knows by
 * which key this server proves addresses.
 * @throws Error with one sentence that says what to do
 */
export async function startSupabaseDatabase(options: SupabaseStartOptions): Promise<Database> {
  await requireOwnRelease(options);
  await requireUsableAnonKey(options);
  const database = createSupabaseDatabase(options);
  const addressKey = `\\x${addressKeyOf(options.serviceKey).toString("hex")}`;
  await database.call("configure_limits", { limits: { address_key: addressKey } }, serverCaller());
  return database;
}

async function requireOwnRelease(options: SupabaseStartOptions): Promise<void> {
  const own = hashOfCurrent((await readMigrationFiles(options.migrationsDirectory)).current);
  const there = await patiently(options.patienceMilliseconds ?? 0, () => askFor("release", options));
  if (there === null) throw new Error(`The Supabase project is not migrated: ${howToMigrate}.`);
  if (there !== own) throw new Error(`The Supabase project is not of this server's release: ${howToMigrate}.`);
}

const howToMigrate =
  "apply what `npm run db:bundle` prints, or set DATABASE_MIGRATION_URL to the project's own Postgres address";

const askFor = (fn: string, { url, serviceKey, timeoutMilliseconds = 10_000 }: SupabaseStartOptions) =>
  createWire({ url, key: serviceKey })({ fn, args: {}, timeoutMilliseconds });

/** PostgREST reads the schema anew some time after it changed, and does not know new functions until then. */
async function patiently(milliseconds: number, ask: () => Promise<unknown>): Promise<unknown> {
  const giveUpAt = Date.now() + milliseconds;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SupabaseRefusal)) throw error;
      if (!/^PGRST(00[0-3]|202)$/.test(error.code) || Date.now() >= giveUpAt) throw new Error(sentenceFor(error));
    }
    await sleep(250);
  }
}

function sentenceFor(refusal: SupabaseRefusal): string {
  const { code } = refusal;
  if (code === "42501") return "SUPABASE_SERVICE_KEY is not a secret or service_role key of the Supabase project.";
  if (code === "PGRST202" || code === "42883") return `The Supabase project is not migrated: ${howToMigrate}.`;
  const sentence = complaintAbout(refusal, { fn: "release", args: {}, isUser: false });
  return sentence ?? `The Supabase project at SUPABASE_URL answers with an error (${code}).`;
}

/**
 * The public key may do nothing, and a project that knows it says so by SQLSTATE; one that does not know it refuses the
 * key itself. A key that may read the release is no public one.
 */
async function requireUsableAnonKey({ url, anonKey, timeoutMilliseconds = 10_000 }: SupabaseStartOptions) {
  const asked = createWire({ url, key: anonKey })({ fn: "release", args: {}, timeoutMilliseconds });
  const refusal = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(refusal instanceof SupabaseRefusal))
    throw new Error("SUPABASE_ANON_KEY is a secret key: set the publishable or anon key.");
  if (refusal.code === "42501") return;
  const isKeyRefused = refusal.status === 401 || refusal.status === 403;
  throw new Error(isKeyRefused ? "The Supabase project refuses SUPABASE_ANON_KEY." : sentenceFor(refusal));
}
