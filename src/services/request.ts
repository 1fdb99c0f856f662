import type { Caller } from "../database/port.js";
import { unauthenticated } from "./errors.js";
import type { Loaders } from "./loaders.js";
import type { RelayCredential } from "./relay-signature.js";
import type { Services } from "./services.js";

/** What a resolver knows of the request: who calls, and what can be done for them. Made by src/context.ts alone. */
export interface RequestContext {
  /** The caller behind a verified access token (its session may still have ended: the database decides). */
  readonly user: Caller | null;
  /** The server acting for the request: same client address, role `service_role`. */
  readonly server: Caller;
  /** `x-thread-session` as sent: 43 base64url characters, or null. */
  readonly threadSession: string | null;
  /** Set where the request carries a valid relay signature or an allowed relay bearer. */
  readonly relay: RelayCredential | null;
  readonly userAgent: string | null;
  readonly services: Services;
  readonly loaders: Loaders;
}

/** The signed-in caller. @throws UNAUTHENTICATED */
export function signedIn(context: RequestContext): Caller {
  if (!context.user) throw unauthenticated();
  return context.user;
}
