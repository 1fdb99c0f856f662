/** A way of writing characters as several bytes. Bytes and characters are numbers; only those of ASCII are told apart. */
export interface Escapes {
  /** The byte with which each escape begins. */
  readonly mark: number;
  /** Whether nothing more belongs to an escape of which so much has come. */
  isWhole(bytes: readonly number[]): boolean;
  /** What an escape stands for; -1 for what is no character of ASCII, or no escape after all. */
  characterOf(bytes: readonly number[]): number;
}

/** What nobody escapes: neither in JSON nor in a URL does it mean anything. */
const plain = /^[A-Za-z0-9._-]*$/;
export const isWrittenOneWay = (text: string): boolean => plain.test(text);

const codeOf = (character: string) => character.charCodeAt(0);
const backslash = codeOf("\\");

/** `\/`, `\"`, `\\`, and `\u002f` in digits of either case. */
export const jsonEscapes: Escapes = {
  mark: backslash,
  isWhole: ({ length, 1: kind }) => length === (kind === codeOf("u") ? 6 : 2),
  characterOf(bytes) {
    const [, kind = -1] = bytes;
    if (kind !== codeOf("u")) return kind === codeOf("/") || kind === codeOf('"') || kind === backslash ? kind : -1;
    return hexOf(bytes, 2);
  },
};

/** `%2F`, in digits of either case. */
export const urlEscapes: Escapes = {
  mark: codeOf("%"),
  isWhole: ({ length }) => length === 3,
  characterOf: (bytes) => hexOf(bytes, 1),
};

function hexOf(bytes: readonly number[], from: number): number {
  const digits = String.fromCharCode(...bytes.slice(from));
  const code = /^[0-9a-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
  return code < 0x80 ? code : -1;
}
