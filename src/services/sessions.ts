import type { Caller, Database } from "../database/port.js";
import type { AccessTokens } from "./access-token.js";
import { DomainError } from "./errors.js";
import type { Failures } from "./failures.js";

export interface SessionRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  readonly rememberMe: boolean;
  readonly current: boolean;
  readonly userAgent: string | null;
  /** Masked. */
  readonly ipAddress: string | null;
}

export interface Profile {
  readonly id: string;
  readonly name: string | null;
  /** Masked. */
  readonly phone: string | null;
  readonly createdAt: string;
}

/** For whom an object was read: what hangs below it is read for the same, also where this request has just signed in. */
export interface Read {
  readonly reader: Caller;
}

/** What confirm_verification and refresh_session answer. */
export interface SignIn {
  readonly outcome: string;
  readonly refreshToken: string;
  readonly session: SessionRecord;
  readonly profile: Profile;
}

export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** ISO 8601; of the access token. */
  readonly expiresAt: string;
  readonly session: SessionRecord;
  readonly user: Profile & Read;
}

/** The same for a client whose tokens went into cookies. */
export type CookieSignIn = Omit<SignedIn, "accessToken" | "refreshToken"> & {
  readonly accessToken: null;
  readonly refreshToken: null;
};

export type Sessions = ReturnType<typeof createSessions>;

const refreshToken = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** One answer for every token that does not serve: which of them it was helps only a thief. */
const signInAgain = () => new DomainError("UNAUTHENTICATED", "This session has ended. Sign in again.");

export interface SessionParts {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  readonly failures: Failures;
}

export function createSessions({ database, accessTokens, failures }: SessionParts) {
  return {
    /** The signed-in user. @throws UNAUTHENTICATED */
    async me(caller: Caller): Promise<Profile & Read> {
      return { ...((await database.call("me", {}, caller)) as Profile), reader: caller };
    },
    /** The caller's session; null, never an error, where it has ended. */
    async session(caller: Caller): Promise<SessionRecord | null> {
      const [session] = (await database.call("session", {}, caller)) as SessionRecord[];
      return session ?? null;
    },
    /** Live sessions, newest first. */
    async sessions(caller: Caller): Promise<SessionRecord[]> {
      return (await database.call("sessions", {}, caller)) as SessionRecord[];
    },
    /** Ends a session, the caller's own without an id. @throws NOT_FOUND for any that is not the caller's and live */
    async revokeSession(caller: Caller, id: string | null | undefined): Promise<boolean> {
      return (await database.call("revoke_session", { sessionId: id ?? null }, caller)) as boolean;
    },
    /** Ends the caller's sessions, this one only when told. @returns how many */
    async revokeAllSessions(caller: Caller, includeCurrent: boolean): Promise<number> {
      return (await database.call("revoke_all_sessions", { includeCurrent }, caller)) as number;
    },
    /**
     * Rotates a refresh token, of this session where one is named.
     * @throws UNAUTHENTICATED; a token that was used before has then ended its session
     */
    async refreshSession(
      server: Caller,
      token: string | null | undefined,
      sessionId?: string | null,
    ): Promise<SignedIn> {
      if (!token || !refreshToken.test(token)) throw signInAgain();
      const answer = (await database.call("refresh_session", { refreshToken: token }, server)) as SignIn;
      if (answer.outcome === "reused") failures.note("refresh_reuse");
      if (answer.outcome !== "refreshed" || (sessionId && sessionId !== answer.session.id)) throw signInAgain();
      return signedInAs(answer, accessTokens, server);
    },
  };
}

/** Adds to a session that was opened or refreshed the access token by which it is used. */
export async function signedInAs(answer: SignIn, accessTokens: AccessTokens, server: Caller): Promise<SignedIn> {
  const { session, profile } = answer;
  const { token, claims } = await accessTokens.sign(profile.id, session.id);
  const { clientAddress, share } = server;
  return {
    accessToken: token,
    refreshToken: answer.refreshToken,
    expiresAt: new Date(claims.exp * 1000).toISOString(),
    session,
    user: {
      ...profile,
      reader: { role: "authenticated", claims: { ...claims }, accessToken: token, clientAddress, share },
    },
  };
}
