import type { Calls } from "./contract.generated.js";

/**
 * Who a database call is made for. `authenticated` calls carry the verified claims of an access token, from which the
 * database itself finds the user and checks that the session is live; `service_role` calls act for the server.
 */
export interface Caller {
  readonly role: "authenticated" | "service_role";
  /** Verified JWT claims; they become `request.jwt.claims`. Null for `service_role`. */
  readonly claims: Readonly<Record<string, unknown>> | null;
  /** The verified access token as it came, by which a Supabase project checks who asks. Null for `service_role`. */
  readonly accessToken: string | null;
  /** The client's IP address for audit rows and limits, null where unknown. */
  readonly clientAddress: string | null;
  /** What all calls of one request share; none where the server asks for itself. */
  readonly share?: RequestShare | undefined;
}

/** Lets the calls of one request take turns. */
export interface RequestShare {
  call<Result>(fn: keyof Calls, ask: () => Promise<Result>): Promise<Result>;
}

/** The one way to the data: one SQL function in schema `cloakroom_api`, one call, one transaction, one round trip. */
export interface Database {
  /**
   * Calls `cloakroom_api.<fn>` with named arguments (a key left out takes the function's default).
   * @returns the function's row, rows or value, keys in camelCase
   * @throws DatabaseError with the SQLSTATE and, for class CR only, the message and field that the caller may see
   */
  call<F extends keyof Calls>(fn: F, args: Calls[F]["args"], caller: Caller): Promise<Calls[F]["result"]>;
  /** True when the database answers and is migrated. */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

/** What went wrong in a call. Holds nothing of the driver's own error, which quotes values, queries and parameters. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  constructor(
    /** Five characters: SQLSTATE, or `08006` where the database could not be reached. */
    readonly sqlState: string,
    message: string,
    /** Class CR only: a dotted argument path, or the seconds of CR429. */
    readonly detail: string | null = null,
  ) {
    super(message);
  }
}
