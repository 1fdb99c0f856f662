import { bullets } from "../../crypto/masks.js";
import { type KeySight, type Sighting, shortestPiece } from "./key-writings.js";

/** A text that is whole, and no part of another: only where it holds the key it is changed. */
export function cleanWhole({ look }: KeySight, text: string): string {
  // No key has a line break in it: with one behind the text, nothing waits.
  return bulleted(text, look(`${text}\n`), 0).shown;
}

/**
 * How a text comes at its place. A `piece` goes on, and may wait for what follows. What is `whole` ends here, and leaves at
 * once. What is `compared` is whole too, and more of it may be as the key begins: clients know it by how it is written.
 */
export type Coming = "piece" | "whole" | "compared";

/** Takes the next piece of a text and gives out what of it, and of what waited, is not the key. */
export type Flow = (piece: string, coming: Coming) => string;

/**
 * One text that comes in pieces. What may be the beginning of the key waits for what follows, until a piece is the last. A
 * piece behind the last one is still read as what follows: it may be the rest of a key.
 * @param keep counts the characters that stay in memory, fewer than none where some go
 */
export function createFlow(sight: KeySight, keep: (characters: number) => void): Flow {
  /** The end of what came, from where the key may begin; at least the little that is never held back. */
  let tail = "";
  /** Characters of it that have left, as they were or as bullets. */
  let sent = 0;
  /** What came last where nothing changed by it: when it comes again, as names do in each chunk, it comes to the same. */
  let constant: { readonly piece: string; readonly shown: string } | null = null;
  return (piece, coming) => {
    if (constant?.piece === piece && coming !== "piece") return constant.shown;
    const [before, sentBefore] = [tail, sent];
    const text = tail + piece;
    const sighting = sight.look(text);
    const { open } = sighting;
    let { shown, at } = bulleted(text, sighting, sent);
    if (coming !== "piece" && at < text.length) {
      shown += sighting.saysLittle ? text.slice(at) : bullets;
      at = text.length;
    }
    if (coming === "compared" && shown !== piece && beginOf(sighting) >= before.length)
      shown = cleanWhole(sight, piece);
    const from = Math.min(open, Math.max(0, text.length - shortestPiece + 1));
    tail = copyOf(text.slice(from));
    keep(tail.length - before.length);
    sent = at - from;
    const isSame = coming !== "piece" && tail === before && sent === sentBefore && piece.length <= longestConstant;
    constant = isSame ? { piece, shown } : null;
    return shown;
  };
}

const longestConstant = 100;

/** Where what is, or may be, the key begins in a text. */
const beginOf = ({ runs, open }: Sighting): number => runs[0]?.[0] ?? open;

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
