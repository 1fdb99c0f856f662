import { bullets } from "../crypto/masks.js";
import type { Plaintext } from "../crypto/plaintext.js";
import { isWrittenOneWay, jsonEscapes, urlEscapes } from "./text-escapes.js";
import { createTextSearch, type Place, type RunningSearch } from "./text-search.js";

/** Takes a service's token out of what the service says. */
export interface TokenEcho {
  /** Whether a text, such as a header's value, holds the token. */
  isIn(text: string): boolean;
  /** The pieces of a body with bullets in the token's place, each as soon as it cannot be the beginning of one. */
  clean(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
}

const shown = Buffer.from(bullets);
/** Shorter than any service gives out: its letters would be found in everything. */
const shortest = 8;

/**
 * For tokens as they are, and as JSON and URLs have them with escapes in them. The time it takes grows with what it reads
 * and no faster, whatever the token: members choose what is asked, and ADMINs what counts as a token.
 */
export function createTokenEcho(tokens: readonly Plaintext[]): TokenEcho {
  const wanted = tokens
    .map((token) => token.reveal())
    .filter((text) => text.length >= shortest)
    .flatMap((text) => waysOf(text).map((escapes) => createTextSearch(text, escapes)));
  const begun = () => wanted.map((search) => search.begun());
  return {
    isIn: (text) => begun().some((search) => isFound(search, text)),
    async *clean(pieces) {
      const searches = begun();
      let held: Held = { bytes: Buffer.alloc(0), from: 0 };
      for await (const piece of pieces) {
        for (const search of searches) search.feed(piece);
        const { ready, open } = split({ ...held, bytes: Buffer.concat([held.bytes, piece]) }, searches, false);
        held = open;
        if (ready.length > 0) yield ready;
      }
      if (held.bytes.length > 0) yield split(held, searches, true).ready;
    },
  };
}

/** As it is in any case: what comes before it may look like the beginning of an escape. */
const waysOf = (text: string) => (isWrittenOneWay(text) ? [null] : [null, jsonEscapes, urlEscapes]);

function isFound(search: RunningSearch, text: string): boolean {
  search.feed(Buffer.from(text));
  return search.nextFrom(0) !== null;
}

/** What has not gone on yet, and where in the whole body it begins. */
interface Held {
  readonly bytes: Buffer;
  readonly from: number;
}

/**
 * The bytes with bullets in each token's place, up to where one could be beginning, and from there on as they are. One that
 * stands there already waits too: it may be the beginning of a longer one.
 */
function split(held: Held, searches: readonly RunningSearch[], isEnd: boolean): { ready: Buffer; open: Held } {
  const parts: Buffer[] = [];
  const end = held.from + held.bytes.length;
  const between = (from: number, to: number) => held.bytes.subarray(from - held.from, to - held.from);
  for (let from = held.from; ; ) {
    const openAt = isEnd ? end : Math.min(end, ...searches.map((search) => search.openFrom(from)));
    const found = firstOf(searches, from);
    if (!found || found.at >= openAt) {
      parts.push(between(from, openAt));
      return { ready: Buffer.concat(parts), open: { bytes: between(openAt, end), from: openAt } };
    }
    parts.push(between(from, found.at), shown);
    from = found.end;
  }
}

/** Of those that begin at the same byte the longest, so that none is cut short by one that it begins with. */
function firstOf(searches: readonly RunningSearch[], from: number): Place | null {
  let first: Place | null = null;
  for (const { nextFrom } of searches) {
    const place = nextFrom(from);
    if (!place || (first && place.at > first.at)) continue;
    if (!first || place.at < first.at || place.end > first.end) first = place;
  }
  return first;
}
