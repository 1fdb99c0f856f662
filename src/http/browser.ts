import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../config.js";
import type { Caller } from "../database/port.js";
import { isThreadSession } from "../services/crypto/thread-key.js";
import { createCsrfTokens } from "../services/csrf.js";
import { DomainError, forbidden } from "../services/errors.js";
import type { Failures } from "../services/failures.js";
import type { Browser } from "../services/request.js";
import type { Services } from "../services/services.js";
import { createCookies, type SentCookies } from "./cookies.js";
import { createOriginCheck } from "./origin.js";

export interface BrowserParts {
  readonly config: Pick<Config, "corsOrigins" | "publicUrl" | "databaseSalt">;
  readonly services: Services;
  readonly failures: Failures;
}

export interface BrowserRequest {
  readonly headers: IncomingHttpHeaders;
  readonly sent: SentCookies;
  /** The user, where the session cookie alone says who it is: null beside a bearer. */
  readonly user: Caller | null;
  /** Of the session cookie, also where its token has ended: the page that refreshes it must be able to say that it is ours. */
  readonly sessionId: string | null;
  readonly hasBearer: boolean;
  readonly server: Caller;
}

/** What the context and the server read of it, beside what resolvers may do. */
export interface BrowserSide extends Browser {
  /** The thread cookie. @throws FORBIDDEN in a mutation without a valid `x-csrf-token` */
  threadSession(): string | null;
  /**
   * Lets a request that only reads go on to what lies beyond this server: a page that cannot read the answer could still
   * send its visitor there. @throws FORBIDDEN where a cookie alone says whose it is, but for our own pages and for a valid
   * `x-csrf-token`
   */
  admitReading(): void;
  /** Of the session cookie, also where its token has ended. Says nothing of who may ask. */
  readonly sessionId: string | null;
  /** `Set-Cookie` headers of the answer. */
  readonly answerCookies: readonly string[];
}

/** Browsers drop what is to be kept longer. */
const longestCookieSeconds = 400 * 86_400;

/** Cookies, their `x-csrf-token` and the origin of the page: all that is special about a request from a browser. */
export function createBrowsers({ config, services, failures }: BrowserParts) {
  const cookies = createCookies(config.publicUrl?.startsWith("https:") ?? false);
  const csrf = createCsrfTokens(config.databaseSalt);
  const isOurPage = createOriginCheck(config.corsOrigins, config.publicUrl);

  const refused = (reason: string) => {
    failures.note("csrf");
    return forbidden(reason);
  };
  const of = ({ headers, sent, user, sessionId, hasBearer, server }: BrowserRequest): BrowserSide => {
    const answerCookies: string[] = [];
    let isMutation = false;
    const thread = sent.thread !== undefined && isThreadSession(sent.thread) ? sent.thread : null;
    const binding = () => {
      if (sessionId) return { kind: "session", id: sessionId } as const;
      return thread ? ({ kind: "thread", id: thread } as const) : null;
    };
    const isProven = () => {
      const token = headers["x-csrf-token"];
      return typeof token === "string" && csrf.isValid(token, binding());
    };
    const drop = () => void answerCookies.push(cookies.drop("session"), cookies.drop("refresh"));
    const browser: BrowserSide = {
      answerCookies,
      sessionId,
      isSignedInByCookie: user !== null,
      csrfToken: () => csrf.issue(binding()),
      async admitMutation({ isSignIn, wantsCookies }) {
        isMutation = true;
        if (!wantsCookies && Object.keys(sent).length === 0) return;
        if (!isOurPage(headers)) throw refused(foreignPage);
        if (!user || isProven()) return;
        if (isSignIn && (await services.sessions.session(user)) === null) return;
        throw refused(unproven);
      },
      admitReading() {
        if (!user || headers["sec-fetch-site"] === "same-origin") return;
        if (!isOurPage(headers)) throw refused(foreignPage);
        if (!isProven()) throw refused(unproven);
      },
      threadSession() {
        if (thread && isMutation && !isProven()) throw refused(unproven);
        return thread;
      },
      async refreshSession() {
        const token = hasBearer || !sessionId ? null : (sent.refresh ?? null);
        if (token && !isProven()) throw refused(unproven);
        const refreshed = services.sessions.refreshSession(server, token, sessionId);
        const signedIn = await refreshed.catch((error: unknown) => {
          if (token && error instanceof DomainError && error.code === "UNAUTHENTICATED") drop();
          throw error;
        });
        return browser.keepSession(signedIn);
      },
      keepSession(signedIn) {
        const { rememberMe, expiresAt } = signedIn.session;
        const seconds = Math.max(1, Math.floor((Date.parse(expiresAt) - Date.now()) / 1000));
        const maxAge = rememberMe ? Math.min(seconds, longestCookieSeconds) : undefined;
        answerCookies.push(
          cookies.keep("session", signedIn.accessToken, maxAge),
          cookies.keep("refresh", signedIn.refreshToken, maxAge),
        );
        return { ...signedIn, accessToken: null, refreshToken: null };
      },
      dropSession() {
        if (user) drop();
      },
      keepThread: (session) => void answerCookies.push(cookies.keep("thread", session, longestCookieSeconds)),
      dropThread(session) {
        if (thread && thread === session) answerCookies.push(cookies.drop("thread"));
      },
    };
    return browser;
  };
  return { read: (headers: IncomingHttpHeaders) => cookies.read(headers.cookie), of };
}

const foreignPage =
  "Requests with cookies are taken from this server's own pages and from those of CORS_ORIGINS alone.";
const unproven = "Send the header x-csrf-token with the value of the query csrfToken, asked for with the same cookies.";
