import { isObject, type JsonObject, objectsOf } from "./chat-shapes.js";
import { rubbish } from "./upstream-error.js";

const bullets = "••••••••";
/** A key shorter than this ("none", "ollama") is a word like any other. */
const shortestKey = 8;
/** Of a key that comes in pieces so much may have left before it is recognised: `sk-`, which is in all of them. */
const shortestPiece = 4;
const deepestNesting = 100;

/** Keeps a key out of whatever an upstream sends back. */
export interface KeyEcho {
  /**
   * A copy of a JSON value without the key: as it is, in base64, URL-encoded, in hexadecimal, or inside a string that is
   * JSON itself. Reads parsed strings, so that no way of escaping JSON gets past.
   * @throws UPSTREAM_ERROR for JSON nested beyond all reason
   */
  clean<Value>(value: Value): Value;
  /**
   * The same for the chunks of one stream, in order, also where the key comes in pieces: text that may turn out to be
   * the beginning of the key waits for what follows it.
   */
  cleanChunk(chunk: JsonObject): JsonObject;
}

export function createKeyEcho(key: string): KeyEcho {
  const needles = key.length < shortestKey ? [] : writingsOf(key);
  const cleanText = (text: string) => needles.reduce(replaceAll, text);
  const clean = (value: unknown) => mapStrings(value, cleanText, 0);
  const flows = new Map<string, (text: string, isLast: boolean) => string>();
  const flowAt = (place: string) => {
    const flow = flows.get(place) ?? createFlow(needles, cleanText);
    flows.set(place, flow);
    return flow;
  };
  return {
    clean: (value) => clean(value) as typeof value,
    cleanChunk(chunk) {
      const cleaned = clean(chunk) as JsonObject;
      if (needles.length === 0) return cleaned;
      const choices = objectsOf(cleaned.choices);
      return choices.length === 0 ? cleaned : { ...cleaned, choices: choices.map((choice) => flowing(choice, flowAt)) };
    },
  };
}

type FlowAt = (place: string) => (text: string, isLast: boolean) => string;

/** The pieces of text that a client will put together: `content`, `refusal`, reasoning, arguments of tool calls. */
function flowing(choice: JsonObject, flowAt: FlowAt): JsonObject {
  if (!isObject(choice.delta)) return choice;
  const isLast = typeof choice.finish_reason === "string";
  const delta: Record<string, unknown> = { ...choice.delta };
  for (const [name, value] of Object.entries(delta))
    if (typeof value === "string" && name !== "role") delta[name] = flowAt(`${choice.index} ${name}`)(value, isLast);
  if (isLast) endFlow(delta, "content", flowAt(`${choice.index} content`));
  if (Array.isArray(delta.tool_calls))
    delta.tool_calls = objectsOf(delta.tool_calls).map((call) => {
      if (!isObject(call.function) || typeof call.function.arguments !== "string") return call;
      const flow = flowAt(`${choice.index} tool ${call.index}`);
      return { ...call, function: { ...call.function, arguments: flow(call.function.arguments, isLast) } };
    });
  return { ...choice, delta };
}

/** What waited when the answer ended was not the key after all. */
function endFlow(delta: Record<string, unknown>, name: string, flow: (text: string, isLast: boolean) => string): void {
  if (typeof delta[name] === "string") return;
  const rest = flow("", true);
  if (rest) delta[name] = rest;
}

/** One text that comes in pieces. */
function createFlow(needles: readonly string[], cleanText: (text: string) => string) {
  let waiting = "";
  let lastSent = "";
  return (piece: string, isLast: boolean): string => {
    const context = lastSent;
    const cleaned = cleanText(context + waiting + piece);
    // A key that began in what was sent already: its beginning is out, its rest is not.
    const text = cleaned.startsWith(context) ? cleaned.slice(context.length) : cleaned.slice(cleaned.indexOf("•"));
    const held = isLast ? 0 : Math.min(text.length, possibleBeginning(cleaned, needles));
    waiting = text.slice(text.length - held);
    const sent = text.slice(0, text.length - held);
    lastSent = (context + sent).slice(1 - shortestPiece);
    return sent;
  };
}

/** The length of the longest end of the text with which one of the needles begins. */
function possibleBeginning(text: string, needles: readonly string[]): number {
  let longest = 0;
  for (const needle of needles) {
    const head = needle.slice(0, shortestPiece);
    const from = Math.max(0, text.length - needle.length + 1);
    for (let at = text.indexOf(head, from); at !== -1; at = text.indexOf(head, at + 1))
      if (needle.startsWith(text.slice(at))) {
        longest = Math.max(longest, text.length - at);
        break;
      }
  }
  return longest;
}

const replaceAll = (text: string, needle: string) => (text.includes(needle) ? text.replaceAll(needle, bullets) : text);

/** Longest first, so that no other writing is cut in two by a shorter one. */
function writingsOf(key: string): string[] {
  const bytes = Buffer.from(key);
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset));
  const writings = [
    key,
    JSON.stringify(key).slice(1, -1),
    encodeURIComponent(key),
    new URLSearchParams({ k: key }).toString().slice(2),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
  return [...new Set(writings)].sort((a, b) => b.length - a.length);
}

/** The characters of base64 that the key alone decides when `offset` bytes of something else stand before it. */
function base64At(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return text.slice(Math.ceil((offset * 8) / 6), end);
}

function mapStrings(value: unknown, map: (text: string) => string, depth: number): unknown {
  if (typeof value === "string") return map(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === deepestNesting) throw rubbish();
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [map(name), mapStrings(item, map, depth + 1)]));
}
