import type { Log } from "./log.js";
import { DatabaseError } from "./port.js";
import { isUnreachable } from "./sql-state.js";
import { noAnswer, type SupabaseRefusal } from "./supabase-refusal.js";
import { programLimitExceeded } from "./supabase-wire.js";

/** Whose call was refused: what the same status means depends on the key and token that went along. */
export interface RefusedCall {
  readonly fn: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly isUser: boolean;
}

const sqlState = /^[0-9A-Z]{5}$/;
/** Arguments that are named as ids are, and are texts of somebody else's. */
const foreignIds = new Set(["message_id", "webhook_id"]);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The refusal as every driver tells it. Of the project's own words only those of class CR, which are ours, go on. */
export function databaseErrorOf(
  { status, code, words }: SupabaseRefusal,
  { args, isUser }: RefusedCall,
): DatabaseError {
  if (status === noAnswer || isUnreachable(code)) return unreachable();
  if (code === programLimitExceeded) return tooMuch();
  if (code.startsWith("CR")) return new DatabaseError(code, words.message, words.details || null);
  if (code === "42501" && words.message.includes("row-level security")) return notFound();
  if (code === "22P02" && holdsNoUuid(args)) return notFound();
  if (sqlState.test(code)) return new DatabaseError(code, `database error ${code}`);
  if (isUser && isTokenRefusal(code)) return new DatabaseError("CR401", "Sign in first.");
  if (code === "PGRST202") return new DatabaseError("42883", "database error 42883");
  if (status === 413) return new DatabaseError("CR422", "This is more than the database takes at once: send less.");
  // What is left of PostgREST's own says that this server asked wrongly, a gateway's that it did not get through.
  return /^PGRST[12]/.test(code) && !isAway(code) ? new DatabaseError("XX000", "database error XX000") : unreachable();
}

const unreachable = () => new DatabaseError("08006", "The database cannot be reached.");
const notFound = () => new DatabaseError("CR404", "Not found.");
const tooMuch = () => new DatabaseError("CR422", "This is more than 64 MiB at once: ask for less.");

const isTokenRefusal = (code: string) => /^PGRST30[1-3]$/.test(code);
/** The schema is not exposed: to a caller the same as a database that is not there. */
const isAway = (code: string) => code === "PGRST106";

/** An id that is no uuid is an id of nothing; which argument Postgres could not read it does not say without quoting it. */
function holdsNoUuid(args: Readonly<Record<string, unknown>>): boolean {
  const ids = Object.entries(args).filter(([name]) => /(^|_)ids?$/.test(name) && !foreignIds.has(name));
  return ids.some(([, value]) => [value].flat().some((id) => id !== null && !uuid.test(String(id))));
}

/**
 * What the operator can do something about, in a sentence that names the setting; the caller hears nothing of it. Each
 * sentence at most once a minute.
 */
export function createComplaints(log: Log): (refusal: SupabaseRefusal, call: RefusedCall) => void {
  const saidAt = new Map<string, number>();
  return (refusal, call) => {
    const sentence = complaintAbout(refusal, call);
    const now = Date.now();
    if (!sentence || now - (saidAt.get(sentence) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    saidAt.set(sentence, now);
    log(sentence, { status: refusal.status });
  };
}

/** Null where it is the caller's affair, or the database's own. */
export function complaintAbout({ status, code }: SupabaseRefusal, { fn, isUser }: RefusedCall): string | null {
  if (status === noAnswer) return "The Supabase project at SUPABASE_URL does not answer.";
  if (code === "PGRST106")
    return "The Supabase project does not expose cloakroom_api: add it to the exposed schemas of its Data API.";
  if (code === "PGRST202")
    return `The Supabase project has no function cloakroom_api.${fn}: bring it to this version with what \`npm run db:bundle\` prints, or set DATABASE_MIGRATION_URL.`;
  if (isUser && isTokenRefusal(code)) return code === "PGRST303" ? null : tokensRefused;
  if (sqlState.test(code)) return null;
  const isKeyRefused = status === 401 || status === 403 || code.startsWith("PGRST30");
  if (isKeyRefused) return `The Supabase project refuses ${isUser ? "SUPABASE_ANON_KEY" : "SUPABASE_SERVICE_KEY"}.`;
  if (status >= 300 && status < 400)
    return "SUPABASE_URL answers with a redirect, which is not followed: set the address that it leads to.";
  if (status === 404 && code === "") return "There is no Supabase project at SUPABASE_URL.";
  return `The Supabase project at SUPABASE_URL answers with an error${code ? ` (${code})` : ""}.`;
}

const tokensRefused =
  "The Supabase project refuses access tokens that this server accepts: is SUPABASE_JWT_SECRET the project's own?";
