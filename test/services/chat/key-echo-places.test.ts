import { describe, expect, it } from "vitest";
import { createKeyEcho } from "../../../src/services/outside/model-providers/key-echo.js";

const key = "sk-canary-A1b2C3d4E5f6";
const bullets = "••••••••";
type Json = Record<string, unknown>;

const piecesOf = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];

/** All that a value says, in order. */
function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? Object.values(value).map(textIn).join("") : "";
}

/** The first run of eight characters of the key in a text. */
const runOf = (text: string): string | undefined =>
  Array.from({ length: key.length - 7 }, (_, at) => key.slice(at, at + 8)).find((run) => text.includes(run));

const choice = (delta: Json) => ({ choices: [{ index: 0, delta, finish_reason: null }] });

/** Places that no client reads as a text that comes in pieces, but anybody may. */
const places: Readonly<Record<string, (piece: string) => Json>> = {
  note: (note) => ({ note, choices: [] }),
  id: (id) => ({ id, choices: [] }),
  model: (model) => ({ model, choices: [] }),
  "usage.note": (note) => ({ choices: [], usage: { note } }),
  "notes.0": (note) => ({ choices: [], notes: [note] }),
  "note, beside no choices": (note) => ({ note }),
  "choices.0": (piece) => ({ choices: [piece] }),
  "choices.0.0": (piece) => ({ choices: [[piece]] }),
  "choices, a string": (choices) => ({ choices }),
  "choices, an object": (content) => ({ choices: { 0: { delta: { content } } } }),
  "choices.0.type": (type) => ({ choices: [{ index: 0, type, delta: {} }] }),
  "choices.0.finish_reason": (finish) => ({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
  "choices.0.delta.role": (role) => choice({ role }),
  "choices.0.delta.tool_calls.0.id": (id) => choice({ tool_calls: [{ index: 0, id }] }),
};

describe.each(Object.entries(places))("a key in pieces at %s", (_name, say) => {
  it("is in no stream, but for the seven characters that any text may end with", () => {
    for (let size = 1; size <= 7; size++) {
      const { cleanChunk } = createKeyEcho(key);
      const text = piecesOf(key, size)
        .map((piece) => textIn(cleanChunk(say(piece))))
        .join("");
      if (runOf(text)) expect.fail(`in pieces of ${size} came ${text}`);
    }
  });

  it("leaves what is the same in every chunk as it is", () => {
    for (const value of ["chatcmpl-123", "c", "sk-cana", "İ", ""]) {
      const { cleanChunk } = createKeyEcho(key);
      const chunks = Array.from({ length: 5 }, () => say(value));
      // Text of a choice may wait; it is the only one that does.
      expect(chunks.map((chunk) => textIn(cleanChunk(chunk)))).toEqual(chunks.map(textIn));
    }
  });
});

it("a key in pieces in one answer, item by item, is replaced", () => {
  const { clean } = createKeyEcho(key);
  for (let size = 1; size <= 7; size++) expect(runOf(textIn(clean({ notes: piecesOf(key, size) })))).toBeUndefined();
});

it("names that a key begins like change in no chunk", () => {
  const { cleanChunk } = createKeyEcho("gpt-test-chat-completion");
  const chunk = { id: "gpt-", model: "gpt-test", object: "gpt-test-", ...choice({ role: "gpt-test-chat" }) };
  for (let count = 0; count < 5; count++) expect(cleanChunk(chunk)).toEqual(chunk);
});

it("a stream of ever new properties is given up before it fills the memory", () => {
  const { cleanChunk } = createKeyEcho(key);
  expect(() => {
    for (let count = 0; count < 200_000; count++) cleanChunk({ choices: [], [`x${count}`]: "sk-c" });
  }).toThrow("could not be understood");
});

describe("with a long key", () => {
  /** As long as tokens are that say who somebody is, and without a place where it repeats itself. */
  const longKey = (length: number) =>
    `sk-proj-${Array.from({ length }, (_, at) => "AbCdEfGhIjKlMnOpQrStUv0123456789"[(at * at + (at >> 2)) % 32]).join("")}`;

  it("many numbered items are understood", () => {
    const items = Array.from({ length: 30_000 }, (_, index) => ({ index, text: "some of it" }));
    for (const length of [156, 2048])
      expect(createKeyEcho(longKey(length)).clean({ items }).items.at(-1)).toEqual(items.at(-1));
  });

  it("many choices with all the alternatives of their tokens are understood", () => {
    const token = (text: string) => ({ token: text, logprob: -1, bytes: [...Buffer.from(text)] });
    const content = Array.from({ length: 3 }, (_, at) => ({
      ...token(`${at}`),
      top_logprobs: Array.from({ length: 20 }, (_, rank) => token(`${rank}`)),
    }));
    const { cleanChunk } = createKeyEcho(longKey(2048));
    for (let index = 0; index < 128; index++) {
      const chunk = { choices: [{ index, delta: { content: "0" }, logprobs: { content, refusal: null } }] };
      expect(cleanChunk(chunk)).toEqual(chunk);
    }
  });

  it("texts that wait are given up before they fill the memory", () => {
    const secret = longKey(2048);
    const { cleanChunk } = createKeyEcho(secret);
    const index = (count: number) => ({ choices: [{ index: count, delta: { content: secret.slice(0, -1) } }] });
    expect(() => {
      for (let count = 0; count < 20_000; count++) cleanChunk(index(count));
    }).toThrow("could not be understood");
  });
});

describe("a key in numbers", () => {
  const bytes = [...Buffer.from(key)];

  it("is null where it is written as a list of bytes, in an answer and in a stream", () => {
    const { clean, cleanChunk } = createKeyEcho(key);
    expect(clean({ note: Buffer.from(key).toJSON(), other: bytes })).toEqual({
      note: { type: "Buffer", data: null },
      other: null,
    });
    expect(cleanChunk(choice({ content: [bytes] }))).toEqual(choice({ content: [null] }));
    const pieces = bytes.map((byte) => cleanChunk({ choices: [], data: [byte] }).data);
    expect(pieces.slice(7)).toEqual(Array(bytes.length - 7).fill(null));
  });

  it("is null where it is a number", () => {
    const { clean, cleanChunk } = createKeyEcho("1234567890123");
    expect(clean({ n: 1234567890123, m: 1234567890124, created: 1741570283 })).toEqual({
      n: null,
      m: 1234567890124,
      created: 1741570283,
    });
    expect(cleanChunk(choice({ n: 1234567890123 }))).toEqual(choice({ n: null }));
    expect(clean([-1234567890123, 3210987654321, 12345678901234])).toEqual([null, null, 12345678901234]);
    // More digits than a number holds come as others.
    expect(createKeyEcho("12345678901234567890").clean(JSON.parse("[12345678901234567890]"))).toEqual([null]);
  });

  it("leaves a number that only has the digits of the key in it", () => {
    const numbers = { created: 1234567890, total_tokens: 112345678, at: 12345678.25, nanoseconds: 1234567890123456800 };
    const { clean, cleanChunk } = createKeyEcho("12345678");
    expect(clean(numbers)).toEqual(numbers);
    expect(cleanChunk(choice(numbers))).toEqual(choice(numbers));
  });

  it("leaves numbers and lists of them as they are", () => {
    const value = { a: [115, 107, 45], b: [1, 2.5, -3, 1e21], c: [[0], []], d: 0, e: Number.MAX_SAFE_INTEGER };
    const { clean, cleanChunk } = createKeyEcho(key);
    expect(clean(value)).toEqual(value);
    for (let count = 0; count < 3; count++) expect(cleanChunk({ choices: [], value })).toEqual({ choices: [], value });
  });

  it("is replaced in a text of them, whole and in pieces", () => {
    const hexes = bytes.map((byte) => byte.toString(16));
    const writings = [
      ...[",", ", ", " "].map((separator) => bytes.join(separator)),
      ...[",", ", ", " "].map((separator) => hexes.map((hex) => `0x${hex}`).join(separator)),
      bytes.map((byte) => `&#${byte};`).join(""),
      hexes.map((hex) => `&#x${hex};`).join(""),
    ];
    for (const writing of writings) {
      expect(createKeyEcho(key).clean(`(${writing})`)).toMatch(/^\((0x|&#x?)?•{8};?\)$/);
      const { cleanChunk } = createKeyEcho(key);
      const text = [...piecesOf(writing, 5), "."].map((content) => textIn(cleanChunk(choice({ content })))).join("");
      expect(text).toMatch(/^.{0,7}•{8};?\.$/);
    }
  });
});

describe("a key that lacks its beginning", () => {
  const secret = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0";

  it("is replaced but for the rest of its first quarter", () => {
    const { clean } = createKeyEcho(`sk-${secret}`);
    for (let from = 1; from <= 7; from++)
      expect(clean(`(${secret.slice(from)})`)).toBe(`(${secret.slice(from, 7)}${bullets})`);
  });
});

describe("what waits when a stream ends before its choice does", () => {
  const said = (content: string, index = 0) => ({
    id: "c",
    model: "m",
    choices: [{ index, delta: { content }, finish_reason: null }],
  });

  it("comes at the end, for each choice", () => {
    const { cleanChunk, end } = createKeyEcho(key);
    expect(end()).toBe(null);
    expect(cleanChunk(said("Begin with sk-cana"))).toEqual(said("Begin with "));
    cleanChunk(said("or sk-ca", 1));
    cleanChunk({
      ...said(""),
      choices: [{ index: 1, delta: { tool_calls: [{ index: 2, function: { arguments: "sk-c" } }] } }],
    });
    expect(end()).toEqual({
      id: "c",
      model: "m",
      choices: [
        { index: 0, delta: { content: "sk-cana" }, finish_reason: null },
        {
          index: 1,
          delta: { content: "sk-ca", tool_calls: [{ index: 2, function: { arguments: "sk-c" } }] },
          finish_reason: null,
        },
      ],
    });
    expect(end()).toBe(null);
  });

  it("is bullets where it is more than seven characters of the key", () => {
    const { cleanChunk, end } = createKeyEcho(key);
    cleanChunk(said("sk-canary"));
    expect(textIn(end()?.choices)).toBe(bullets);
  });

  it("is nothing where the choice ended, or nothing waits", () => {
    const { cleanChunk, end } = createKeyEcho(key);
    cleanChunk({ choices: [{ index: 0, delta: { content: "sk-cana" }, finish_reason: "stop" }] });
    cleanChunk({ note: "sk-cana", ...said("all of it", 1) });
    expect(end()).toBe(null);
    expect(createKeyEcho("short").end()).toBe(null);
  });
});
