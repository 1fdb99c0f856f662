import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A value that must not be found where it has no business. */
export interface Canary {
  /** Through which door it came. */
  readonly name: string;
  readonly text: string;
  /** Names of operations whose answers may hold it by contract. */
  readonly answeredBy?: readonly string[];
  /** Only where no letter or digit stands beside it: for short ones that chance would find. */
  readonly isShort?: boolean;
}

/** Every place of a file below the directory where a canary stands, in any common form. */
export function canariesInFiles(directory: string, canaries: readonly Canary[]): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return canariesIn(readFileSync(file), canaries).map((name) => `${name} in ${path.relative(directory, file)}`);
  });
}

/** The names of the canaries that the bytes hold. */
export function canariesIn(bytes: Buffer | string, canaries: readonly Canary[]): string[] {
  const haystack = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  return canaries.filter((canary) => holds(haystack, canary)).map(({ name }) => name);
}

function holds(haystack: Buffer, { text, isShort }: Canary): boolean {
  if (isShort) return new RegExp(`(?<![0-9A-Za-z_+/-])${text}(?![0-9A-Za-z_+/-])`).test(haystack.toString("latin1"));
  return formsOf(text).some((form) => haystack.includes(form));
}

/** As it is, as hex, as base64 at each of the three alignments, and a number as Postgres stores it. */
function formsOf(text: string): Buffer[] {
  const plain = Buffer.from(text);
  const hex = plain.toString("hex");
  const shifted = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), plain])
      .toString("base64")
      .replace(/=+$/, "");
    return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const texts = [hex, hex.toUpperCase(), ...shifted, ...shifted.map(urlSafe)];
  return [plain, ...texts.map((form) => Buffer.from(form)), ...(/^\d+$/.test(text) ? [numericDigits(text)] : [])];
}

const urlSafe = (base64: string) => base64.replaceAll("+", "-").replaceAll("/", "_");

/** The digits of a `numeric`, four to a little-endian 16-bit word: how a number stands inside jsonb. */
function numericDigits(text: string): Buffer {
  const groups = text.padStart(Math.ceil(text.length / 4) * 4, "0").match(/\d{4}/g) ?? [];
  return Buffer.concat(groups.map((group) => Buffer.from(Uint16Array.of(Number(group)).buffer)));
}
