import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { holds } from "../../support/canaries.js";

/** A value that must not be found where it has no business. */
export interface Canary {
  /** Through which door it came. */
  readonly name: string;
  readonly text: string;
  /**
   * Where an answer may hold it by contract: an operation and the path below it, such as `me.traits`, or a route, such as
   * `POST /v1/chat/completions`.
   */
  readonly answeredBy?: readonly string[];
  /** Only where no letter or digit stands beside it: for short ones that chance would find. */
  readonly isShort?: boolean;
}

/** What came back for a GraphQL document, or from a route: `GET /metrics`. */
export interface Answer {
  readonly operation: string;
  readonly headers: string;
  readonly text: string;
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
  return canaries.filter((canary) => isIn(haystack, canary)).map(({ name }) => name);
}

/** Every place of an answer at which a canary stands that must not. */
export function leaksIn(answer: Answer, canaries: readonly Canary[]): string[] {
  const haystack = Buffer.from(`${answer.headers}\n${answer.text}`);
  const found = canaries.filter((canary) => isIn(haystack, canary));
  return found.flatMap((canary) => {
    const { name, answeredBy = [] } = canary;
    const mayStand = (place: string) => answeredBy.some((one) => place === one || place.startsWith(`${one}.`));
    return placesIn(answer, canary)
      .filter((place) => !mayStand(place))
      .map((place) => `${name} in ${place}`);
  });
}

/** Whether it is a route that answered, and not a GraphQL operation. */
export const isRoute = ({ operation }: Pick<Answer, "operation">) => /^[A-Z]+ \//.test(operation);

function placesIn(answer: Answer, canary: Canary): string[] {
  const short = answer.operation.slice(0, 60);
  const places = isIn(Buffer.from(answer.headers), canary) ? [`headers of ${short}`] : [];
  if (!isIn(Buffer.from(answer.text), canary)) return places;
  const inBody = isRoute(answer) ? [answer.operation] : pathsTo(canary, parsed(answer.text), "");
  return [...places, ...(inBody.length > 0 ? inBody : [`the text of ${short}`])];
}

/** What `data` holds is named by its operations; the rest as it stands. */
function parsed(text: string): unknown {
  const { data, ...others } = JSON.parse(text) as { data?: object };
  return { ...data, ...others };
}

function pathsTo(canary: Canary, value: unknown, place: string): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => pathsTo(canary, item, place)))];
  if (typeof value !== "object" || value === null) return isIn(Buffer.from(String(value)), canary) ? [place] : [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(isIn(Buffer.from(key), canary) ? [place] : []),
    ...pathsTo(canary, inner, place ? `${place}.${key}` : key),
  ]);
}

function isIn(haystack: Buffer, { text, isShort }: Canary): boolean {
  if (!isShort) return holds(haystack, text);
  return new RegExp(`(?<![0-9A-Za-z_+/-])${text}(?![0-9A-Za-z_+/-])`).test(haystack.toString("latin1"));
}
