import { hkdfSync } from "node:crypto";
import type { ThreadProgress } from "../database/contract.generated.js";
import { createBoundedMap } from "./bounded-map.js";
import { createCoalescedWriter } from "./coalesced-writer.js";
import { decryptFernet, encryptFernet } from "./crypto/fernet.js";
import type { ProgressFile } from "./outside/progress-file.js";
import type { SealedForThread } from "./thread-seal.js";

/** What a client changed, as SQL function save_thread takes it: what is left out stays, null clears. */
export interface SealedChanges {
  readonly url?: SealedForThread | null;
  readonly day?: number | null;
  readonly progress?: SealedForThread | null;
}

/** Changes that wait for the database. */
export interface WaitingChanges {
  readonly changes: SealedChanges;
  /** ISO 8601. */
  readonly savedAt: string;
}

export interface ThreadFallback {
  /** Notes what the database holds of a thread, so that it can be shown while the database is away. */
  remember(hash: string, thread: ThreadProgress): void;
  /** Forgets what was remembered, and what waits. */
  forget(hash: string): void;
  /** Keeps changes until the database is back. @returns the thread with them, or null where they cannot be kept */
  keep(hash: string, changes: SealedChanges): Promise<ThreadProgress | null>;
  /** The thread as last seen, with what waits; null where nothing is known of it. */
  lastSeen(hash: string): ThreadProgress | null;
  /** Hands what waits for a thread, or for all, to `merge`, and forgets what it took. */
  settle(merge: (hash: string, waiting: WaitingChanges) => Promise<void>, hash?: string): Promise<void>;
  /** Whether anything waits. */
  isWaiting(): boolean;
}

/** Bytes of tokens that wait at most, and that are remembered at most. */
const room = 32 * 1024 * 1024;
const mostWaiting = 10_000;

/** A thread without progress. */
export const noProgress: ThreadProgress = {
  threadUrlToken: null,
  threadUrlSalt: null,
  currentDay: null,
  progressToken: null,
  progressSalt: null,
  updatedAt: "",
};

/**
 * Progress of threads while the database is away: the last known state in memory, and changes in a file that outlives
 * the process. Values are tokens that only the thread's holder opens; the file seals them once more, together with the
 * day, under a key of the server. Anybody can make up a session, so those whose thread was never seen get at most half
 * of the room. Without a file nothing is kept.
 */
export async function createThreadFallback(file: ProgressFile | null, databaseSalt: string): Promise<ThreadFallback> {
  const key = Buffer.from(hkdfSync("sha256", databaseSalt, "", "cloakroom progress file", 32));
  const seen = createBoundedMap<ThreadProgress>(room);
  const waiting = await leftBehind(file, key);
  const write = createCoalescedWriter(async () => file?.write(waiting));
  let isFileBehind = false;
  /** Of what need not be kept any longer: a file that fails to forget it is told again. */
  const forgetInFile = () => {
    isFileBehind = false;
    write().catch(() => {
      isFileBehind = true;
    });
  };

  const opened = (hash: string): WaitingChanges | null => {
    const token = waiting.get(hash);
    return token === undefined ? null : openWaiting(token, key);
  };
  const hasRoom = (hash: string, token: string) => {
    const share = seen.get(hash) ? 1 : 2;
    let bytes = token.length;
    for (const [other, { length }] of waiting) if (other !== hash) bytes += length;
    return bytes <= room / share && waiting.size < mostWaiting / share;
  };
  const lastSeen = (hash: string) => {
    const known = seen.get(hash) ?? null;
    const pending = opened(hash);
    return pending ? changed(known ?? noProgress, pending) : known;
  };
  return {
    remember: (hash, thread) => seen.set(hash, thread, sizeOf(thread)),
    forget(hash) {
      seen.remove(hash);
      if (waiting.delete(hash)) forgetInFile();
    },
    lastSeen,
    isWaiting: () => waiting.size > 0 || isFileBehind,
    async keep(hash, changes) {
      const pending = { changes: { ...opened(hash)?.changes, ...changes }, savedAt: savedAfter(lastSeen(hash)) };
      const token = encryptFernet(JSON.stringify(pending), key);
      if (!file || !hasRoom(hash, token)) return null;
      const before = waiting.get(hash);
      waiting.set(hash, token);
      try {
        await write();
      } catch {
        if (waiting.get(hash) === token) before === undefined ? waiting.delete(hash) : waiting.set(hash, before);
        return null;
      }
      return lastSeen(hash);
    },
    async settle(merge, only) {
      if (isFileBehind) forgetInFile();
      const hashes = only === undefined ? [...waiting.keys()] : [only];
      for (const hash of hashes) {
        const token = waiting.get(hash);
        const pending = opened(hash);
        if (!pending) continue;
        await merge(hash, pending);
        // What was saved while it was merged waits for the next time.
        if (waiting.get(hash) !== token) continue;
        waiting.delete(hash);
        // A file that has it longer does no harm: the database knows what is older than its own.
        forgetInFile();
      }
    },
  };
}

const openWaiting = (token: string, key: Buffer) => JSON.parse(decryptFernet(token, key)) as WaitingChanges;

/** What an earlier process could not hand over. What was sealed under another DATABASE_SALT is set aside. */
async function leftBehind(file: ProgressFile | null, key: Buffer): Promise<Map<string, string>> {
  const entries = (await file?.read()) ?? new Map<string, string>();
  const foreign = [...entries].filter(([, token]) => !isOurs(token, key));
  if (!file || foreign.length === 0) return entries;
  await file.setAside();
  for (const [hash] of foreign) entries.delete(hash);
  await file.write(entries);
  return entries;
}

function isOurs(token: string, key: Buffer): boolean {
  try {
    openWaiting(token, key);
    return true;
  } catch {
    return false;
  }
}

/** Later than what the database said last, whose clock may be ahead of ours: what is saved after it is newer. */
const savedAfter = (thread: ThreadProgress | null) =>
  new Date(Math.max(Date.now(), (Date.parse(thread?.updatedAt ?? "") || 0) + 1)).toISOString();

function changed(thread: ThreadProgress, { changes, savedAt }: WaitingChanges): ThreadProgress {
  const { url, day, progress } = changes;
  return {
    ...thread,
    ...(url !== undefined && { threadUrlToken: url?.token ?? null, threadUrlSalt: url?.salt ?? null }),
    ...(day !== undefined && { currentDay: day }),
    ...(progress !== undefined && { progressToken: progress?.token ?? null, progressSalt: progress?.salt ?? null }),
    updatedAt: savedAt,
  };
}

const sizeOf = ({ threadUrlToken, progressToken }: ThreadProgress) =>
  256 + (threadUrlToken?.length ?? 0) + (progressToken?.length ?? 0);
