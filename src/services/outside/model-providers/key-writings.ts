import { rubbish } from "./upstream-error.js";

/** Where the key stands in a text, in any of its writings. */
export interface Sighting {
  /** From where to where, in order, apart from each other. */
  readonly runs: readonly (readonly [from: number, to: number])[];
  /** From here to its end the text is the beginning of a writing; its length where it ends otherwise. */
  readonly open: number;
  /** Whether what is open says so little that it may be shown where the text ends, since many end like that by chance. */
  readonly saysLittle: boolean;
}

export interface KeySight {
  /**
   * Upper and lower case are one: in base64 too, where a match by chance is as unlikely.
   * @throws UPSTREAM_ERROR where text and key repeat themselves so much that looking would take forever
   */
  look(text: string): Sighting;
  /** Whether a number, all of it and whatever its sign, is the key. */
  isNumber(value: number): boolean;
}

/** Of a key that comes in pieces so much may have left before it is recognised: `sk-`, which is in all of them. */
export const shortestPiece = 4;

export const nothingToSee: KeySight = {
  look: (text) => ({ runs: [], open: text.length, saysLittle: true }),
  isNumber: () => false,
};

export function createKeySight(key: string): KeySight {
  const writings = writingsOf(key);
  const byHead = new Map<string, Writing[]>();
  for (const writing of writings) {
    const head = writing.text.slice(0, shortestPiece);
    byHead.set(head, [...(byHead.get(head) ?? []), writing]);
  }
  const heads = new RegExp([...byHead.keys()].map((head) => head.replace(/[^a-z0-9]/g, "\\$&")).join("|"), "g");
  const look = (text: string): Sighting => {
    const lower = folded(text);
    const runs: [number, number][] = [];
    let effort = 16 * (lower.length + 100);
    heads.lastIndex = 0;
    for (let head = heads.exec(lower); head; head = heads.exec(lower)) {
      const at = head.index;
      let isOpen = false;
      let known = 0;
      let saysLittle = true;
      for (const { text: writing, little } of byHead.get(head[0]) ?? []) {
        const length = agreement(lower, at, writing);
        if (at + length === lower.length && length < writing.length) {
          isOpen = true;
          saysLittle &&= length <= little && length < asGoodAsAll(writing);
        } else if (length >= asGoodAsAll(writing)) {
          known = Math.max(known, length);
          saysLittle = false;
        }
        effort -= length;
      }
      if (isOpen) return { runs, open: at, saysLittle };
      if (known > 0) addRun(runs, at, at + known);
      if (effort < 0) throw rubbish();
      heads.lastIndex = at + 1;
    }
    return { runs, open: lower.length, saysLittle: true };
  };
  const hasNumber = writings.some(({ text }) => /^\d+$/.test(text));
  const isNumber = (value: number): boolean => {
    if (!hasNumber) return false;
    const digits = `${Math.abs(value)}`;
    // Behind a line break nothing is open.
    const [run] = look(`${digits}\n`).runs;
    // A short key may stand within a time by chance. Of a long one a number holds fifteen digits or more: others follow.
    return run?.[0] === 0 && (run[1] === digits.length || run[1] > 15);
  };
  return { look, isNumber };
}

/** Less could be a word of somebody's own. */
const shortestSecretPart = 20;

/** Who has so much of a long key can try the rest. Of a short one it may be a word. */
const asGoodAsAll = ({ length }: string) => Math.min(length, Math.max(16, (length * 3) / 4));

/** In lower case, character by character: `İ` alone would become two. */
const folded = (text: string) => text.replaceAll("İ", "i").toLowerCase();

function addRun(runs: [number, number][], from: number, to: number): void {
  const last = runs.at(-1);
  if (last && from < last[1]) last[1] = Math.max(last[1], to);
  else runs.push([from, to]);
}

/** How many characters of the text from there on are those of the writing. */
function agreement(text: string, at: number, writing: string): number {
  const most = Math.min(writing.length, text.length - at);
  let length = 0;
  while (length < most && text.charCodeAt(at + length) === writing.charCodeAt(length)) length++;
  return length;
}

/** One of the ways to write the key, and how many characters of its beginning say little. */
interface Writing {
  readonly text: string;
  readonly little: number;
}

/** So much of a writing says little, where its characters are not those of the key. */
const littleOfAny = 7;

function writingsOf(key: string): Writing[] {
  const beginning = [...key].slice(0, Math.max(littleOfAny, publicPrefixOf(key).length)).join("");
  // With what stands before the next character.
  const [more, next] = [characterByCharacter(`${beginning}x`), characterByCharacter("x")];
  const littleOf = (way: number) => (more[way]?.length ?? 0) - (next[way]?.length ?? 0);
  const base64 = base64Of(Buffer.from(key));
  const others = [
    [...key].reverse().join(""),
    ...secretPartsOf(key),
    ...base64,
    ...base64.flatMap((text) => base64Of(Buffer.from(text))),
  ];
  const writings = [
    ...characterByCharacter(key).map((text, way) => ({ text, little: littleOf(way) })),
    ...others.map((text) => ({ text, little: littleOfAny })),
  ];
  const little = new Map<string, number>();
  for (const writing of writings) {
    const text = folded(writing.text);
    little.set(text, Math.min(writing.little, little.get(text) ?? Infinity));
  }
  return [...little].map(([text, length]) => ({ text, little: length }));
}

/** A text in each way to write it one character after another. */
function characterByCharacter(text: string): string[] {
  const bytes = Buffer.from(text);
  const hexes = hexesOf(bytes);
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text,
    json,
    json.replaceAll("/", "\\/"),
    encodeURIComponent(text),
    new URLSearchParams({ k: text }).toString().slice(2),
    text.replace(/[^a-z0-9]/giu, (sign) => `%${hexesOf(Buffer.from(sign)).join("%")}`),
    // Byte by byte, in URLs, dumps, source code and JSON. What stands before the first of them is nobody's secret.
    ...["", "%", ":", " ", "-", ", ", "\\x", "\\u00", ",0x", ", 0x", " 0x", ";&#x"].map((separator) =>
      hexes.join(separator),
    ),
    ...[",", ", ", " ", ";&#"].map((separator) => bytes.join(separator)),
    // As bytes that were taken for characters.
    bytes.toString("latin1"),
  ];
}

/** The prefixes of keys are public: what stands behind them is as good as all of it, and so are its last three quarters. */
function secretPartsOf(key: string): string[] {
  const part = key.replace(prefixOfKeys, "");
  const parts = [part, part.slice(Math.floor(part.length / 4))];
  return parts.filter(({ length }) => length >= shortestSecretPart);
}

const prefixOfKeys = /^([a-z]+\d{0,2}[-_])+/i;

/** None where it leaves little: those are words of somebody's own. */
function publicPrefixOf(key: string): string {
  const [prefix = ""] = prefixOfKeys.exec(key) ?? [];
  return key.length - prefix.length < shortestSecretPart ? "" : prefix;
}

const hexesOf = (bytes: Buffer) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));

/** Wherever the bytes stand among others, in both alphabets. */
function base64Of(bytes: Buffer): string[] {
  const texts = [0, 1, 2].map((offset) => base64At(bytes, offset));
  return [...new Set([...texts, ...texts.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))])];
}

/** The characters of base64 that the bytes alone decide when `offset` bytes of something else stand before them. */
function base64At(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return text.slice(Math.ceil((offset * 8) / 6), end);
}
