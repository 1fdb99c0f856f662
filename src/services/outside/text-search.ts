/** A text looked for in bytes that come in pieces. Places count from the first byte, and are asked for from front to back. */
export interface RunningSearch {
  readonly length: number;
  feed(piece: Uint8Array): void;
  /** The first place at or after `from` where the text stands, overlapping ones included; null where it does not. */
  nextFrom(from: number): number | null;
  /** The first place at or after `from` from which on all that came is a beginning of the text; infinite without one. */
  openFrom(from: number): number;
}

export interface TextSearch {
  begun(): RunningSearch;
}

/** Looked for natively while nothing is half found: so short that the worst that can be made of it is no matter. */
const headLength = 8;

/**
 * Finds every place of a text, by Knuth, Morris and Pratt: no byte is looked at twice. The search that comes with Node takes
 * seconds for a mebibyte that is made to look like a long text again and again.
 */
export function createTextSearch(wanted: string): TextSearch {
  const text = Buffer.from(wanted);
  const borders = bordersOf(text);
  const head = text.subarray(0, headLength);
  return { begun: () => runningSearch({ text, borders, head }) };
}

/** For each length of a beginning of the text, the longest shorter beginning with which it ends. */
function bordersOf(text: Buffer): Int32Array {
  const borders = new Int32Array(text.length + 1);
  for (let end = 1, length = 0; end < text.length; end++) {
    while (length > 0 && text[length] !== text[end]) length = borders[length] as number;
    if (text[length] === text[end]) length++;
    borders[end + 1] = length;
  }
  return borders;
}

interface Wanted {
  readonly text: Buffer;
  readonly borders: Int32Array;
  readonly head: Buffer;
}

function runningSearch({ text, borders, head }: Wanted): RunningSearch {
  let places: number[] = [];
  let passed = 0;
  let fed = 0;
  let matched = 0;
  /** Which of the beginnings with which all that came ends is asked for now, the longest first. */
  let open = 0;
  return {
    length: text.length,
    feed(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      const lastHead = bytes.length - head.length;
      places = places.slice(passed);
      passed = 0;
      for (let at = 0; at < bytes.length; at++) {
        if (matched === 0 && at <= lastHead) {
          const next = bytes.indexOf(head, at);
          at = next < 0 ? lastHead + 1 : next;
        }
        while (matched > 0 && text[matched] !== bytes[at]) matched = borders[matched] as number;
        if (text[matched] === bytes[at]) matched++;
        if (matched < text.length) continue;
        places.push(fed + at + 1 - matched);
        matched = borders[matched] as number;
      }
      fed += bytes.length;
      open = matched;
    },
    nextFrom(from) {
      while ((places[passed] ?? from) < from) passed++;
      return places[passed] ?? null;
    },
    openFrom(from) {
      while (open > 0 && fed - open < from) open = borders[open] as number;
      return open > 0 ? fed - open : Number.POSITIVE_INFINITY;
    },
  };
}
