import { type Escapes, isWrittenOneWay } from "./text-escapes.js";

/** Where a text stands in all that came: from a byte on, and up to another. */
export interface Place {
  readonly at: number;
  readonly end: number;
}

/** A text looked for in bytes that come in pieces. Places count from the first byte, and are asked for from front to back. */
export interface RunningSearch {
  feed(piece: Uint8Array): void;
  /** The first place at or after `from` where the text stands, overlapping ones included; null where it does not. */
  nextFrom(from: number): Place | null;
  /** The first place at or after `from` from which on all that came is a beginning of the text; infinite without one. */
  openFrom(from: number): number;
}

export interface TextSearch {
  begun(): RunningSearch;
}

/** Looked for natively while nothing is half found: so short that the worst that can be made of it is no matter. */
const headLength = 8;

/**
 * Finds every place of a text, either as it is or with at least one escape in it, by Knuth, Morris and Pratt: no byte is
 * looked at twice. The search that comes with Node takes seconds for a mebibyte that is made to look like a long text
 * again and again.
 */
export function createTextSearch(wanted: string, escapes: Escapes | null = null): TextSearch {
  const text = Buffer.from(wanted);
  const borders = bordersOf(text);
  const head = text.subarray(0, headLength);
  const mayBeginEscaped = escapes !== null && !isWrittenOneWay(wanted.slice(0, 1));
  return { begun: () => runningSearch({ text, borders, head, escapes, mayBeginEscaped }) };
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
  readonly escapes: Escapes | null;
  readonly mayBeginEscaped: boolean;
}

function runningSearch({ text, borders, head, escapes, mayBeginEscaped }: Wanted): RunningSearch {
  let places: Place[] = [];
  let passed = 0;
  let fed = 0;
  let matched = 0;
  /** Where each of the last characters begins, in a ring: with escapes among them that cannot be counted back. */
  const starts = new Float64Array(text.length);
  let next = 0;
  /** An escape of which the end has not come. */
  const begun: number[] = [];
  /** Which of the beginnings with which all that came ends is asked for now, the longest first. */
  let open = 0;

  const startOf = (length: number) => starts[(next - length + text.length) % text.length] as number;
  function read(character: number, start: number, end: number): void {
    starts[next] = start;
    next = next + 1 === text.length ? 0 : next + 1;
    while (matched > 0 && text[matched] !== character) matched = borders[matched] as number;
    if (text[matched] === character) matched++;
    if (matched < text.length) return;
    const at = startOf(matched);
    if (!escapes || end - at > text.length) places.push({ at, end });
    matched = borders[matched] as number;
  }

  return {
    feed(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      const mark = escapes && bytes.includes(escapes.mark) ? escapes.mark : null;
      const lastHead = mark === null ? bytes.length - head.length : -1;
      places = places.slice(passed);
      passed = 0;
      for (let at = 0; at < bytes.length; at++) {
        if (matched === 0 && at <= lastHead && begun.length === 0) {
          const found = bytes.indexOf(head, at);
          at = found < 0 ? lastHead + 1 : found;
        }
        const byte = bytes[at] as number;
        if (begun.length === 0 && byte !== mark) {
          read(byte, fed + at, fed + at + 1);
          continue;
        }
        begun.push(byte);
        if (!escapes?.isWhole(begun)) continue;
        read(escapes.characterOf(begun), fed + at + 1 - begun.length, fed + at + 1);
        begun.length = 0;
      }
      fed += bytes.length;
      open = matched;
    },
    nextFrom(from) {
      while (passed < places.length && (places[passed] as Place).at < from) passed++;
      return places[passed] ?? null;
    },
    openFrom(from) {
      while (open > 0 && startOf(open) < from) open = borders[open] as number;
      if (open > 0) return startOf(open);
      const escapeAt = fed - begun.length;
      return mayBeginEscaped && begun.length > 0 && escapeAt >= from ? escapeAt : Number.POSITIVE_INFINITY;
    },
  };
}
