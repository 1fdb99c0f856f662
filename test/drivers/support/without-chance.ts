/** Under these keys stand numbers and texts that differ from run to run in ways that no pattern tells: of what kind. */
const namedByChance = new Map([
  ["code", "code"],
  ["refreshToken", "refreshToken"],
  ["sequence", "sequence"],
  ["firstInvalid", "sequence"],
  ["state", "state"],
  ["verifier", "verifier"],
  ["secret", "secret"],
  ["webhook-signature", "webhook-signature"],
]);

/** Under these stand seconds, of which two are the same or not by chance too. */
const secondsByChance = new Set(["retryAfter", "webhook-timestamp"]);

/** Lists whose order is by chance: those made in one moment stand by their random ids. */
const inNoOrder = new Set(["participants"]);

const patterns: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ["id", /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g],
  ["hash", /\b[0-9a-f]{64}\b/g],
];

/**
 * A time as Postgres writes it, by chance without a fraction; its zone stays, or a driver that writes times otherwise
 * would not be seen.
 */
const time = /\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(Z|[+-]\d\d:\d\d)/g;

/**
 * Makes two runs of one case the same text: what chance made becomes a mark, numbered by first appearance, so that the
 * same id is the same mark wherever it stands, as value, as key, or inside a text.
 */
export function withoutChance(): (value: unknown) => unknown {
  const known = new Map<string, string>();
  const mark = (kind: string, value: string) => {
    const own = `${kind} ${value}`;
    const name =
      known.get(own) ?? `<${kind} ${[...known.values()].filter((one) => one.startsWith(`<${kind} `)).length + 1}>`;
    known.set(own, name);
    return name;
  };
  const text = (value: string) => {
    const marked = patterns.reduce(
      (rest, [kind, pattern]) => rest.replace(pattern, (found) => mark(kind, found)),
      value,
    );
    return marked.replace(time, (_, zone) => `<time ${zone}>`);
  };
  const walk = (value: unknown, key = ""): unknown => {
    const isThere = value !== null && value !== undefined;
    if (isThere && secondsByChance.has(key)) return `<${key}>`;
    const kind = namedByChance.get(key);
    if (isThere && kind) return mark(kind, String(value));
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return (inNoOrder.has(key) ? [...value].sort() : value).map((one) => walk(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [text(name), walk(one, name)]));
  };
  return walk;
}
