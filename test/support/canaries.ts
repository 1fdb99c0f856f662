/**
 * Where a value would be found although it is not written as it is: in hex, in base64 and URL-safe base64 at each of the
 * three alignments that it can have in a longer text, percent-encoded, and a number as Postgres stores it.
 */
export function formsOf(text: string): readonly Buffer[] {
  const known = forms.get(text);
  if (known) return known;
  const plain = Buffer.from(text);
  const hex = plain.toString("hex");
  const aligned = [0, 1, 2].map((offset) => alignedBase64(plain, offset));
  const encoded = [hex, hex.toUpperCase(), ...aligned, ...aligned.map(urlSafe), percentEncoded(text)];
  const texts = new Set(encoded.filter((form) => form.length >= leastCharacters && form !== text));
  const numbers = /^\d+$/.test(text) ? [numericDigits(text)] : [];
  const made = [plain, ...[...texts].map((form) => Buffer.from(form)), ...numbers];
  forms.set(text, made);
  return made;
}

/** Whether bytes hold a value in any of its forms. */
export const holds = (bytes: Buffer, text: string): boolean => formsOf(text).some((form) => bytes.includes(form));

const forms = new Map<string, readonly Buffer[]>();

/** A form shorter than that would be found by chance. */
const leastCharacters = 6;

/** Those characters of the base64 of a text around the value that the value alone decides. */
function alignedBase64(plain: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), plain])
    .toString("base64")
    .replace(/=+$/, "");
  const isWhole = (offset + plain.length) % 3 === 0;
  return encoded.slice(offset === 0 ? 0 : offset + 1, isWhole ? undefined : -1);
}

const urlSafe = (base64: string) => base64.replaceAll("+", "-").replaceAll("/", "_");

/** Half a surrogate pair has no such form. */
const percentEncoded = (text: string) => (Buffer.from(text).toString() === text ? encodeURIComponent(text) : "");

/** The digits of a `numeric`, four to a little-endian 16-bit word: how a number stands inside jsonb. */
function numericDigits(text: string): Buffer {
  const groups = text.padStart(Math.ceil(text.length / 4) * 4, "0").match(/\d{4}/g) ?? [];
  return Buffer.concat(groups.map((group) => Buffer.from(Uint16Array.of(Number(group)).buffer)));
}
