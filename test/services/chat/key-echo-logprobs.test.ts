import { describe, expect, it } from "vitest";
import { createKeyEcho } from "../../../src/services/outside/model-providers/key-echo.js";

const key = "sk-canary-A1b2C3d4E5f6";
type Json = Record<string, unknown>;

const bytesOf = (text: string) => [...Buffer.from(text)];
const piecesOf = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
const entry = (token: string, more: Json = {}) => ({ token, logprob: -0.1, bytes: null, ...more });
const alternatives = (tokens: readonly string[]) => tokens.map((token) => entry(token, { bytes: bytesOf(token) }));

/** Every form in which log probabilities can spell a text that came in these tokens. */
const forms: Readonly<Record<string, (tokens: readonly string[]) => Json>> = {
  "in tokens": (tokens) => ({ content: tokens.map((token) => entry(token)), refusal: null }),
  "in bytes": (tokens) => ({ content: tokens.map((token) => entry("", { bytes: bytesOf(token) })), refusal: null }),
  "in a refusal": (tokens) => ({ content: null, refusal: tokens.map((token) => entry(token)) }),
  "among the alternatives": (tokens) => ({
    content: tokens.map((token) => entry("x", { top_logprobs: alternatives(["y", token]) })),
  }),
  "in the older form": (tokens) => ({
    tokens,
    token_logprobs: tokens.map(() => -0.1),
    text_offset: tokens.map(() => 0),
  }),
  "in a list": (tokens) => ({ 0: tokens.map((token) => entry(token, { bytes: bytesOf(token) })) }),
};

const choice = (logprobs: unknown) => ({ index: 0, delta: { content: "" }, logprobs, finish_reason: null });

function streamed(chunks: readonly unknown[]): unknown[] {
  const { cleanChunk } = createKeyEcho(key);
  return chunks.map((logprobs) => (cleanChunk({ choices: [choice(logprobs)] }).choices as Json[])[0]?.logprobs);
}

describe.each(Object.entries(forms))("log probabilities with the key %s", (_name, form) => {
  it("are left out of an answer", () => {
    for (let size = 1; size <= key.length; size++) {
      const logprobs = form(["Your ", "key: ", ...piecesOf(key, size), "."]);
      const answer = { choices: [{ index: 0, message: { content: "x" }, logprobs, finish_reason: "stop" }] };
      expect(createKeyEcho(key).clean(answer).choices[0]?.logprobs).toBe(null);
    }
  });

  it("are left out of those chunks of a stream, but for seven characters", () => {
    for (let size = 1; size <= key.length; size++)
      for (const together of [1, 2, 3]) {
        const tokens = [..."Your key: ", ...piecesOf(key, size), ..." is it"];
        const chunks = Array.from({ length: Math.ceil(tokens.length / together) }, (_, at) =>
          form(tokens.slice(at * together, (at + 1) * together)),
        );
        const sent = streamed(chunks);
        const [first, last] = [sent.indexOf(null), sent.lastIndexOf(null)];
        expect(tokens.slice(10, first * together).join("").length).toBeLessThanOrEqual(7);
        expect((last + 1) * together).toBeGreaterThanOrEqual(10 + piecesOf(key, size).length);
        expect(new Set(sent.slice(first, last + 1))).toEqual(new Set([null]));
        expect(sent.slice(0, first)).toEqual(chunks.slice(0, first));
        expect(sent.slice(last + 1)).toEqual(chunks.slice(last + 1));
      }
  });

  it("are left out where the answer ends before the key does", () => {
    const tokens = piecesOf(key.slice(0, -1), 4);
    expect(streamed(tokens.map((token) => form([token])))).toEqual([form(["sk-c"]), ...Array(5).fill(null)]);
  });

  it("stay as they were where they spell something else", () => {
    const tokens = ["Ka", "na", "rien", " sk", "-", "!", "日", ""];
    const chunks = tokens.map((token) => form([token]));
    expect(streamed(chunks)).toEqual(chunks);
    const answer = { choices: [{ index: 0, logprobs: form(tokens) }] };
    expect(createKeyEcho(key).clean(answer)).toEqual(answer);
  });
});

it("log probabilities that are none, or a list, do no harm", () => {
  for (const logprobs of [null, undefined, "none", 3, [], {}, [entry("a")]])
    expect(streamed([logprobs])).toEqual([logprobs]);
  const spelled = piecesOf(key, 4).map((token) => [entry("", { bytes: bytesOf(token) })]);
  expect(streamed(spelled)).toEqual([spelled[0], ...Array(5).fill(null)]);
});

describe("ordinary log probabilities stay", () => {
  const secret = "Ab_3dE7-hIj0KlM9nOp4QrS6tUv1WxY5zAb8CdE3fGh7IjK2";
  const prefixes = [
    "sk-",
    "sk-proj-",
    "sk-ant-api03-",
    "sk-or-v1-",
    "gsk_",
    "AIzaSy",
    "xai-",
    "hf_",
    "r8_",
    "pplx-",
    "",
  ];
  const numbers = Array.from({ length: 301 }, (_, number) => `${number}`);
  const text =
    "Ask for a task-based disk, skip whisk-ant, xai, gsk, AIza, abc: keys begin with sk-proj- or sk-ant-api03-.";
  const hexes = [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0"));
  const answers: Readonly<Record<string, string>> = {
    "that count": [", ", ",", " ", "\n"].map((separator) => numbers.join(separator)).join("."),
    "that count down": numbers.toReversed().join(", "),
    "of few words": "It is 73 0F",
    "of text": text,
    "of a dump": [" ", ":", "", "\\x"].map((separator) => hexes.join(separator)).join("\n"),
    "of code": `[0x${hexes.join(", 0x")}], [0x${hexes.join(",0x")}], [${bytesOf(text).join(", ")}], [${bytesOf(text)}]`,
  };
  const tokenizers = [/\d+|, ?|[^\d,]/g, / ?[a-z]+|\d{1,3}|[^a-z\d\s]+ ?|\s+/gi, /./gs];

  it.each(Object.entries(answers))("%s", (_name, answer) => {
    for (const tokenizer of tokenizers) {
      const entries = (answer.match(tokenizer) ?? []).map((token) =>
        entry(token, { bytes: bytesOf(token), top_logprobs: alternatives([token, "x"]) }),
      );
      const whole = { choices: [{ index: 0, logprobs: { content: entries } }] };
      const chunks = entries.map((one) => ({ choices: [choice({ content: [one] })] }));
      for (const prefix of prefixes) {
        const { clean, cleanChunk } = createKeyEcho(prefix + secret);
        expect(clean(whole), prefix).toEqual(whole);
        expect(chunks.map(cleanChunk), prefix).toEqual(chunks);
      }
    }
  });
});

it("log probabilities that spell the key in numbers are left out, but for seven of its characters", () => {
  const bytes = bytesOf(key);
  const hexes = bytes.map((byte) => byte.toString(16));
  for (const [list, separator] of [
    ...[", ", ",", " "].map((one) => [bytes, one]),
    [hexes, ", 0x"],
    [hexes, " "],
  ] as const) {
    const tokens = (list as readonly (number | string)[]).flatMap((one) => [`${one}`, separator as string]);
    for (const size of [1, 2, 5]) {
      const chunks = Array.from({ length: Math.ceil(tokens.length / size) }, (_, at) => ({
        content: tokens.slice(at * size, (at + 1) * size).map((token) => entry(token)),
      }));
      const sent = streamed(chunks);
      expect(sent.indexOf(null) * size).toBeLessThanOrEqual(14);
      expect(sent.slice(sent.indexOf(null)).filter((one) => one !== null && JSON.stringify(one).length > 80)).toEqual(
        [],
      );
    }
  }
});
