import type { Caller } from "../database/port.js";
import { unauthenticated } from "./errors.js";
import type { Loaders } from "./loaders.js";
import type { RelayCredential } from "./relay-signature.js";
import type { Services } from "./services.js";
import type { CookieSignIn, SignedIn } from "./sessions.js";

/** What a resolver knows of the request: who calls, and what can be done for them. Made by src/context.ts alone. */
export interface RequestContext {
  /** The caller behind a verified access token (its session may still have ended: the database decides). */
  readonly user: Caller | null;
  /** The server acting for the request: same client address, role `service_role`. */
  readonly server: Caller;
  /** `x-thread-session` as sent, or the thread cookie: 43 base64url characters, or null. */
  readonly threadSession: string | null;
  /** Set where the request carries a valid relay signature or an allowed relay bearer. */
  readonly relay: RelayCredential | null;
  readonly userAgent: string | null;
  /** The cookies of the request, and those of its answer. */
  readonly browser: Browser;
  /** Aborts with ClientGone when the client hangs up before its answer is whole. */
  readonly gone: AbortSignal;
  readonly services: Services;
  readonly loaders: Loaders;
  /** What the answer holds so far. */
  readonly answered: { fields: number };
}

/** A request's cookies. For a client that sends none and asks for none it does nothing. */
export interface Browser {
  /** Whether `user` is known by a cookie: such a client never gets a token in an answer. */
  readonly isSignedInByCookie: boolean;
  /** A token for `x-csrf-token`, bound to the session cookie, else to the thread cookie, else worthless. */
  csrfToken(): string;
  /**
   * Lets a mutation go on. What it later takes from a cookie is then given only for a valid `x-csrf-token`.
   * @param isSignIn startVerification and confirmVerification, which need no session: a cookie whose session has ended is
   * no reason to refuse them
   * @throws FORBIDDEN for a page of a foreign origin, and for a missing or wrong `x-csrf-token`
   */
  admitMutation(mutation: { readonly isSignIn: boolean; readonly wantsCookies: boolean }): Promise<void>;
  /** Rotates the tokens in the cookies; drops them where the session has ended. @throws UNAUTHENTICATED, FORBIDDEN */
  refreshSession(): Promise<CookieSignIn>;
  /** Moves the tokens into cookies of the answer. */
  keepSession(signedIn: SignedIn): CookieSignIn;
  /** Drops the session's cookies, where it is known by them. */
  dropSession(): void;
  keepThread(threadSession: string): void;
  /** Drops the thread cookie, where it holds this session. */
  dropThread(threadSession: string | null): void;
}

/** The signed-in caller. @throws UNAUTHENTICATED */
export function signedIn(context: RequestContext): Caller {
  if (!context.user) throw unauthenticated();
  return context.user;
}
