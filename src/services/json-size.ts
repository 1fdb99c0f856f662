/** How many characters the JSON text of a value has, escapes aside; never fewer. It costs a tenth of making the text. */
export const jsonCharacters = (value: unknown): number => measured(value, Number.POSITIVE_INFINITY, characters);

/** Whether the JSON text of a value would be longer than so many bytes of UTF-8. */
export function isJsonLongerThan(bytes: number, value: unknown): boolean {
  // No character becomes more than six bytes (\u0001), so the texts of most answers need no look.
  return measured(value, bytes / 6, characters) > bytes / 6 && measured(value, bytes, escapedBytes) > bytes;
}

type TextSize = (text: string) => number;

const characters: TextSize = (text) => text.length;
const escapedBytes: TextSize = (text) => Buffer.byteLength(JSON.stringify(text)) - 2;

/** Stops where it is more than `most`: what stands in an answer a thousand times is not measured a thousand times. */
function measured(value: unknown, most: number, textSize: TextSize): number {
  let size = 0;
  // No recursion: a payload may be nested as deep as its sender likes.
  const rest: object[] = [];
  const add = (item: unknown) => {
    if (size > most) return;
    if (typeof item === "string") size += textSize(item) + 2;
    else if (typeof item === "object" && item !== null) rest.push(item);
    else size += String(item).length;
  };
  add(value);
  for (let next = rest.pop(); next && size <= most; next = rest.pop()) {
    if (Array.isArray(next)) {
      size += next.length + 2;
      for (const item of next) add(item);
    } else {
      size += 2;
      // An answer's objects have no fast shape: their keys at once are quicker than one after the other.
      for (const key of Object.keys(next)) {
        size += textSize(key) + 4;
        add((next as Record<string, unknown>)[key]);
      }
    }
  }
  return size;
}
