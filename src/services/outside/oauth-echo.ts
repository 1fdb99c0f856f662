import type { Plaintext } from "../crypto/plaintext.js";

/** Takes a service's token out of what the service says. */
export interface TokenEcho {
  /** Whether a text, such as a header's value, holds the token. */
  isIn(text: string): boolean;
  /** The pieces of a body with bullets in the token's place, each as soon as it cannot be the beginning of one. */
  clean(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
}

const shown = Buffer.from("••••••••");
/** Shorter than any service gives out: its letters would be found in everything. */
const shortest = 8;

/** For tokens as they are, as URLs have them, and with JSON's other way of writing a slash. */
export function createTokenEcho(tokens: readonly Plaintext[]): TokenEcho {
  const texts = tokens
    .map((token) => token.reveal())
    .filter((text) => text.length >= shortest)
    .flatMap((text) => [text, encodeURIComponent(text), text.replaceAll("/", "\\/")]);
  // The longest first, so that no writing is cut short by one that it begins with.
  const patterns = [...new Set(texts)].sort((a, b) => b.length - a.length).map((text) => Buffer.from(text));
  return {
    isIn: (text) => texts.some((one) => text.includes(one)),
    async *clean(pieces) {
      let held: Buffer = Buffer.alloc(0);
      for await (const piece of pieces) {
        const { ready, open } = split(Buffer.concat([held, piece]), patterns, false);
        held = open;
        if (ready.length > 0) yield ready;
      }
      if (held.length > 0) yield split(held, patterns, true).ready;
    },
  };
}

/**
 * The bytes with bullets in each pattern's place, up to where a pattern could be beginning, and from there on as they
 * are. One that stands there already waits too: it may be the beginning of a longer one.
 */
function split(bytes: Buffer, patterns: readonly Buffer[], isEnd: boolean): { ready: Buffer; open: Buffer } {
  const parts: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const openAt = rest.length - (isEnd ? 0 : beginningAtEnd(rest, patterns));
    const found = firstOf(rest, patterns);
    if (!found || found.at >= openAt)
      return { ready: Buffer.concat([...parts, rest.subarray(0, openAt)]), open: rest.subarray(openAt) };
    parts.push(rest.subarray(0, found.at), shown);
    rest = rest.subarray(found.at + found.length);
  }
}

function firstOf(bytes: Buffer, patterns: readonly Buffer[]): { at: number; length: number } | null {
  let first: { at: number; length: number } | null = null;
  for (const pattern of patterns) {
    const at = bytes.indexOf(pattern);
    if (at >= 0 && (first === null || at < first.at)) first = { at, length: pattern.length };
  }
  return first;
}

/** How many bytes at the end could be the beginning of a pattern. */
function beginningAtEnd(bytes: Buffer, patterns: readonly Buffer[]): number {
  let longest = 0;
  for (const pattern of patterns) {
    const start = Math.max(0, bytes.length - pattern.length + 1);
    for (
      let at = bytes.indexOf(pattern[0] as number, start);
      at >= 0;
      at = bytes.indexOf(pattern[0] as number, at + 1)
    ) {
      const length = bytes.length - at;
      if (length <= longest) break;
      if (bytes.compare(pattern, 0, length, at) === 0) longest = length;
    }
  }
  return longest;
}
