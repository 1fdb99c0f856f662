import { type KeySight, type Sighting, shortestPiece } from "./key-writings.js";

const bullets = "••••••••";
/** What the end of a text may have in common with the key and still be shown: it says little, and may be chance. */
const longestShown = 7;

/** A text that is whole, and no part of another: only where it holds the key it is changed. */
export function cleanWhole({ look }: KeySight, text: string): string {
  // No key has a line break in it: with one behind the text, nothing waits.
  return bulleted(text, look(`${text}\n`), 0).shown;
}

/** Takes the next piece of a text and gives out what of it, and of what waited, is not the key. */
export type Flow = (piece: string, isLast: boolean) => string;

/**
 * One text that comes in pieces. What may be the beginning of the key waits for what follows, until the last piece. A
 * piece behind the last one is still read as what follows: it may be the rest of a key.
 */
export function createFlow({ look }: KeySight): Flow {
  /** The end of what came, from where the key may begin; at least the little that is never held back. */
  let tail = "";
  /** Characters of it that have left, as they were or as bullets. */
  let sent = 0;
  return (piece, isLast) => {
    const text = tail + piece;
    const sighting = look(text);
    const { open } = sighting;
    let { shown, at } = bulleted(text, sighting, sent);
    if (isLast && at < text.length) {
      shown += text.length - open > longestShown ? bullets : text.slice(at);
      at = text.length;
    }
    const from = Math.min(open, Math.max(0, text.length - shortestPiece + 1));
    tail = copyOf(text.slice(from));
    sent = at - from;
    return shown;
  };
}

/** What is to be shown of a text from somewhere on, and how far that is: to where the key may begin. */
function bulleted(text: string, { runs, open }: Sighting, from: number): { shown: string; at: number } {
  let shown = "";
  let at = from;
  for (const [begin, end] of runs) {
    if (end <= at) continue;
    shown += text.slice(at, Math.max(at, begin)) + bullets;
    at = end;
  }
  return { shown: shown + text.slice(at, open), at: Math.max(at, open) };
}

/** A slice would keep alive what it was cut from, which may be large. */
const copyOf = (slice: string) => (slice.length < shortestPiece ? slice : slice.split("").join(""));
