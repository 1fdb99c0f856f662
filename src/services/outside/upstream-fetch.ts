import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, type RequestInit, type Response, fetch as undiciFetch } from "undici";
import { isPublicAddress } from "./public-address.js";

/** Thrown before a connection is made to an address that is not of the public internet. Holds no address. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
  readonly code = "ADDRESS_REFUSED";
  constructor() {
    super("This address leads to a private network, where the server makes no requests.");
  }
}

export type UpstreamFetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface UpstreamFetchParts {
  /** ALLOW_PRIVATE_UPSTREAMS. */
  readonly allowPrivate: boolean;
  /** Names to addresses, as `dns.lookup` with `all`. */
  readonly resolve?: (hostname: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;
  readonly connectTimeoutMilliseconds?: number;
  /** Until the head of an answer. */
  readonly headTimeoutMilliseconds?: number;
  /** Between two pieces of a body. */
  readonly pauseTimeoutMilliseconds?: number;
}

/**
 * `fetch` for addresses that somebody else chose. The check is made on the very addresses that are connected to, so that
 * a name cannot answer one thing when it is checked and another when it is used; one private address among several
 * refuses them all. Redirects are answers like any other and never followed.
 */
export function createUpstreamFetch(parts: UpstreamFetchParts): UpstreamFetch & { close(): Promise<void> } {
  const { allowPrivate, resolve = resolveAll } = parts;
  const agent = new Agent({
    connect: {
      lookup: allowPrivate ? undefined : publicLookup(resolve),
      timeout: parts.connectTimeoutMilliseconds ?? 10_000,
    },
    headersTimeout: parts.headTimeoutMilliseconds ?? 120_000,
    bodyTimeout: parts.pauseTimeoutMilliseconds ?? 120_000,
  });
  const upstreamFetch: UpstreamFetch = async (url, init) => {
    const { protocol, hostname } = new URL(url);
    if (!/^https?:$/.test(protocol)) throw new AddressRefused();
    // A literal is connected to without being looked up. URL has already made one writing of each.
    const literal = hostname.replace(/^\[|\]$/g, "");
    if (!allowPrivate && isIP(literal) && !isPublicAddress(literal)) throw new AddressRefused();
    return undiciFetch(url, { ...init, redirect: "manual", dispatcher: agent }).catch(refusalOf);
  };
  return Object.assign(upstreamFetch, { close: () => agent.close() });
}

const resolveAll: NonNullable<UpstreamFetchParts["resolve"]> = (hostname, done) =>
  systemLookup(hostname, { all: true, verbatim: true }, done);

function publicLookup(resolve: NonNullable<UpstreamFetchParts["resolve"]>): LookupFunction {
  return (hostname, options, done) =>
    resolve(hostname, (error, addresses) => {
      if (error) return done(error, []);
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address)))
        return done(new AddressRefused(), []);
      const [first] = addresses;
      return options.all ? done(null, addresses) : done(null, first?.address ?? "", first?.family);
    });
}

/** fetch wraps what its connection met. */
function refusalOf(error: unknown): never {
  const { cause } = error as { cause?: unknown };
  throw cause instanceof AddressRefused ? cause : error;
}
