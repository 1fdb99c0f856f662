import type { ThreadAccount, ThreadProgress } from "../database/contract.generated.js";
import type { Caller, Database } from "../database/port.js";
import { newThreadSession, threadUserHash } from "./crypto/thread-key.js";
import { badInput, DomainError } from "./errors.js";
import { openForThread, type SealedForThread, sealForThread } from "./thread-seal.js";

export interface CredentialValue {
  readonly name: string;
  readonly value: string;
}

/** What is left out stays as it is; null clears. */
export interface ThreadChanges {
  readonly threadUrl?: string | null | undefined;
  readonly currentDay?: number | null | undefined;
  readonly progress?: object | null | undefined;
}

const longestValueBytes = 16 * 1024;
const longestProgressBytes = 256 * 1024;
const longestUrl = 2000;

/**
 * Credentials and progress of clients that have only a thread session. All is sealed here, under keys derived from the
 * session: the database never sees session, key or value, and finds a thread by a salted hash.
 */
export function createThreads(database: Database, databaseSalt: string) {
  const hashOf = (session: string) => threadUserHash(session, databaseSalt);
  return {
    /** Stores credentials under the session that was sent, or a new one, which is then in the answer and nowhere else. */
    async connect(
      caller: Caller,
      sentSession: string | null,
      input: { readonly credentials: readonly CredentialValue[] },
    ) {
      const session = sentSession ?? newThreadSession();
      const credentials = input.credentials.map((credential, index) => sealCredential(session, credential, index));
      const account = await database.call("connect", { userIdentifierHash: hashOf(session), credentials }, caller);
      return { threadSession: sentSession === null ? session : null, account: openAccount(session, account) };
    },

    /** Null without a session, and where nothing is connected under it. */
    async connectedAccount(caller: Caller, session: string | null) {
      if (session === null) return null;
      const [account] = await database.call("connected_account", { userIdentifierHash: hashOf(session) }, caller);
      return account ? openAccount(session, account) : null;
    },

    /** @throws UNAUTHENTICATED without a session, NOT_FOUND where nothing is connected under it */
    async saveThread(caller: Caller, session: string | null, input: ThreadChanges) {
      if (session === null) throw new DomainError("UNAUTHENTICATED", "Connect first.");
      const changes = sealChanges(session, input);
      const [thread] = await database.call("save_thread", { userIdentifierHash: hashOf(session), changes }, caller);
      if (!thread) throw new DomainError("NOT_FOUND", "Nothing is connected.");
      return openProgress(session, thread);
    },

    async disconnect(caller: Caller, session: string | null, { forgetThread }: { readonly forgetThread: boolean }) {
      if (session === null) return { disconnected: false, credentialsDeleted: 0 };
      return database.call("disconnect", { userIdentifierHash: hashOf(session), forgetThread }, caller);
    },
  };
}

function sealCredential(session: string, { name, value }: CredentialValue, index: number) {
  const field = `input.credentials.${index}.value`;
  if (value === "") throw badInput(field, "This must not be empty.");
  if (Buffer.byteLength(value) > longestValueBytes) throw badInput(field, "A credential may hold 16 KiB at most.");
  return { name, ...sealForThread(session, value) };
}

/** The keys are those of SQL function save_thread. */
function sealChanges(session: string, { threadUrl, currentDay, progress }: ThreadChanges) {
  const changes: { url?: SealedForThread | null; day?: number | null; progress?: SealedForThread | null } = {};
  if (threadUrl !== undefined) changes.url = threadUrl === null ? null : sealForThread(session, checkedUrl(threadUrl));
  if (currentDay !== undefined) changes.day = checkedDay(currentDay);
  if (progress !== undefined)
    changes.progress = progress === null ? null : sealForThread(session, checkedProgress(progress));
  return changes;
}

function checkedUrl(url: string): string {
  const isWebAddress = /^https?:\/\/\S+$/i.test(url) && URL.canParse(url);
  if (!isWebAddress || url.length > longestUrl)
    throw badInput(
      "input.threadUrl",
      `This must be an absolute http or https address of at most ${longestUrl} characters.`,
    );
  return url;
}

function checkedDay(day: number | null): number | null {
  if (day !== null && day < 0) throw badInput("input.currentDay", "Days count from 0.");
  return day;
}

function checkedProgress(progress: object): string {
  const json = JSON.stringify(progress);
  if (Buffer.byteLength(json) > longestProgressBytes)
    throw badInput("input.progress", "Progress may hold 256 KiB at most.");
  return json;
}

function openAccount(session: string, { connectedAt, credentials, thread }: ThreadAccount) {
  return {
    connectedAt,
    credentials: credentials.map((sealed) => ({
      name: sealed.name,
      value: openForThread(session, sealed),
      updatedAt: sealed.updatedAt,
    })),
    thread: thread && openProgress(session, thread),
    durable: true,
  };
}

function openProgress(session: string, thread: ThreadProgress) {
  const opened = (token: string | null, salt: string | null) =>
    token !== null && salt !== null ? openForThread(session, { token, salt }) : null;
  return {
    threadUrl: opened(thread.threadUrlToken, thread.threadUrlSalt),
    currentDay: thread.currentDay ?? 0,
    progress: JSON.parse(opened(thread.progressToken, thread.progressSalt) ?? "{}") as object,
    updatedAt: thread.updatedAt,
  };
}
