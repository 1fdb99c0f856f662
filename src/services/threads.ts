import type { ThreadAccount, ThreadProgress } from "../database/contract.generated.js";
import { type Caller, type Database, DatabaseError } from "../database/port.js";
import { newThreadSession, threadUserHash } from "./crypto/thread-key.js";
import { badInput, DomainError, domainErrorOf } from "./errors.js";
import type { Failures } from "./failures.js";
import { createSessionTries } from "./session-tries.js";
import { noProgress, type SealedChanges, type ThreadFallback } from "./thread-fallback.js";
import { openForThread, sealForThread } from "./thread-seal.js";

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

export interface ThreadParts {
  readonly database: Database;
  readonly databaseSalt: string;
  readonly fallback: ThreadFallback;
  readonly failures: Failures;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const longestValueBytes = 16 * 1024;
const longestProgressBytes = 256 * 1024;
const longestUrl = 2000;

/**
 * Credentials and progress of clients that have only a thread session. All is sealed here, under keys derived from the
 * session: the database never sees session, key or value, and finds a thread by a salted hash.
 */
export function createThreads({ database, databaseSalt, fallback, failures }: ThreadParts) {
  const hashOf = (session: string) => threadUserHash(session, databaseSalt);
  const tries = createSessionTries(failures);
  const seen = (hash: string, thread: ThreadProgress | null) => fallback.remember(hash, thread ?? noProgress);
  /** Changes kept while the database was away come before anything newer of the same thread. */
  const settle = (caller: Caller, hash?: string) =>
    fallback.settle(async (userIdentifierHash, { changes, savedAt }) => {
      await database.call("save_thread", { userIdentifierHash, changes, savedAt }, caller).catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
      });
    }, hash);
  return {
    /** Hands progress that was kept in the file to the database, where it is back. Newer progress there stays. */
    async settleProgress(caller: Caller): Promise<void> {
      if (fallback.isWaiting()) await settle(caller);
    },

    /**
     * Stores credentials under the session that was sent, or a new one, which is then in the answer and nowhere else.
     * @throws RATE_LIMITED for a network that tries sessions
     */
    async connect(
      caller: Caller,
      sentSession: string | null,
      input: { readonly credentials: readonly CredentialValue[] },
    ) {
      const session = sentSession ?? newThreadSession();
      const hash = hashOf(session);
      const credentials = input.credentials.map((credential, index) => sealCredential(session, credential, index));
      const store = async () => {
        await settle(caller, hash);
        const account = await database.call("connect", { userIdentifierHash: hash, credentials }, caller);
        seen(hash, account.thread);
        return account;
      };
      if (sentSession === null) return { threadSession: session, account: openAccount(session, await store()) };
      return tries.count(caller, hash, async (found) => {
        const account = await store();
        found(isNew(account) ? "nothing" : "something");
        return { threadSession: null, account: openAccount(session, account) };
      });
    },

    /**
     * Null without a session, and where nothing is connected under it. While the database is away, progress alone, as
     * last known to this server, and `durable: false`.
     * @throws UNAVAILABLE where nothing is known either; RATE_LIMITED for a network that tries sessions
     */
    async connectedAccount(caller: Caller, session: string | null) {
      if (session === null) return null;
      const hash = hashOf(session);
      return tries.count(caller, hash, async (found) => {
        try {
          await settle(caller, hash);
          const [account] = await database.call("connected_account", { userIdentifierHash: hash }, caller);
          found(account ? "something" : "nothing");
          if (!account) return null;
          seen(hash, account.thread);
          return openAccount(session, account);
        } catch (error) {
          const thread = isAway(error) ? fallback.lastSeen(hash) : null;
          if (!thread) throw error;
          return {
            connectedAt: null,
            credentials: [],
            thread: thread.updatedAt ? openProgress(session, thread) : null,
            durable: false,
          };
        }
      });
    },

    /**
     * Saves to the database, and while it is away to the file, to be merged when it is back.
     * @throws UNAUTHENTICATED without a session, NOT_FOUND where nothing is connected under it, UNAVAILABLE where the
     * file has no more room, RATE_LIMITED for a network that tries sessions
     */
    async saveThread(caller: Caller, session: string | null, input: ThreadChanges) {
      if (session === null) throw new DomainError("UNAUTHENTICATED", "Connect first.");
      const changes = sealChanges(session, input);
      const hash = hashOf(session);
      return tries.count(caller, hash, async (found) => {
        try {
          await settle(caller, hash);
          const [thread] = await database.call("save_thread", { userIdentifierHash: hash, changes }, caller);
          found(thread ? "something" : "nothing");
          if (!thread) throw new DomainError("NOT_FOUND", "Nothing is connected.");
          seen(hash, thread);
          return openProgress(session, thread);
        } catch (error) {
          const thread = isAway(error) ? await fallback.keep(hash, changes) : null;
          if (!thread) throw error;
          found("unsaid");
          return openProgress(session, thread);
        }
      });
    },

    /** @throws RATE_LIMITED for a network that tries sessions */
    async disconnect(caller: Caller, session: string | null, { forgetThread }: { readonly forgetThread: boolean }) {
      if (session === null) return { disconnected: false, credentialsDeleted: 0 };
      const hash = hashOf(session);
      return tries.count(caller, hash, async (found) => {
        await settle(caller, hash);
        const answer = await database.call("disconnect", { userIdentifierHash: hash, forgetThread }, caller);
        found(answer.disconnected ? "something" : "nothing");
        fallback.forget(hash);
        return answer;
      });
    },
  };
}

/** Whether a thread stands since the very call that answered it: then each credential is as old as its connection. */
const isNew = ({ connectedAt, credentials }: ThreadAccount) =>
  credentials.every(({ updatedAt }) => updatedAt === connectedAt);

const isAway = (error: unknown) => domainErrorOf(error)?.code === "UNAVAILABLE";

/** What the database says about a value it would say for ever: such a change does not come again. */
const isRefusal = (error: unknown) => error instanceof DatabaseError && /^(22|23|CR)/.test(error.sqlState);

function sealCredential(session: string, { name, value }: CredentialValue, index: number) {
  const field = `input.credentials.${index}.value`;
  if (value === "") throw badInput(field, "This must not be empty.");
  if (Buffer.byteLength(value) > longestValueBytes) throw badInput(field, "A credential may hold 16 KiB at most.");
  return { name, ...sealForThread(session, value) };
}

/** The keys are those of SQL function save_thread. */
function sealChanges(session: string, { threadUrl, currentDay, progress }: ThreadChanges) {
  const changes: Mutable<SealedChanges> = {};
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
