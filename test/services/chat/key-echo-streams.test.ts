import { describe, expect, it } from "vitest";
import { createKeyEcho, type KeyEcho } from "../../../src/services/outside/model-providers/key-echo.js";

const key = 'sk-J4/f9+W="';
const bullets = "••••••••";

type Json = Record<string, unknown>;
interface Leaf {
  readonly name: string;
  /** A choice that says this. */
  readonly say: (text: string) => Json;
  /** What a client reads in one. */
  readonly read: (choice: Json) => string;
}

/** Reads along a path; of a list all elements, as clients put them behind each other. */
function textAt(value: unknown, [name, ...rest]: readonly string[]): string {
  if (Array.isArray(value)) return value.map((item) => textAt(item, [name, ...rest] as string[])).join("");
  if (name === undefined) return typeof value === "string" ? value : "";
  return textAt((value as Json | null)?.[name], rest);
}

const leaf = (path: string, say: Leaf["say"]): Leaf => ({
  name: path,
  say,
  read: (choice) => textAt(choice, path.split(".")),
});
const call = (more: Json) => ({ delta: { tool_calls: [{ index: 1, ...more }] } });

const leaves = [
  leaf("delta.content", (content) => ({ delta: { content } })),
  leaf("delta.reasoning_content", (text) => ({ delta: { content: null, reasoning_content: text } })),
  leaf("delta.content.text", (text) => ({ delta: { content: [{ type: "text", text }] } })),
  leaf("delta.content.thinking.text", (text) => ({
    delta: { content: [{ type: "thinking", thinking: [{ type: "text", text }] }] },
  })),
  leaf("delta.reasoning_details.text", (text) => ({
    delta: { reasoning_details: [{ type: "reasoning.text", index: 0, text }] },
  })),
  leaf("delta.tool_calls.function.arguments", (text) => call({ function: { arguments: text } })),
  leaf("delta.tool_calls.function.name", (name) => call({ id: "call_1", type: "function", function: { name } })),
  leaf("delta.tool_calls.custom.input", (input) => call({ type: "custom", custom: { input } })),
  leaf("delta.function_call.arguments", (text) => ({ delta: { function_call: { arguments: text } } })),
  leaf("delta.audio.transcript", (transcript) => ({ delta: { audio: { id: "a", transcript } } })),
  leaf("delta.words", (text) => ({ delta: { words: ["", text] } })),
  leaf("text", (text) => ({ text })),
];

const hexesOf = (text: string) => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0"));
const base64 = (text: string) => Buffer.from(text).toString("base64");
const percentOf = (text: string) => hexesOf(text).map((byte) => `%${byte}`);
const writingsOf = (text: string): Readonly<Record<string, string>> => ({
  "as it is": text,
  "in lower case": text.toLowerCase(),
  "in upper case": text.toUpperCase(),
  reversed: [...text].reverse().join(""),
  "in JSON": JSON.stringify(text).slice(1, -1),
  "in JSON with escaped slashes": JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
  "in a URL": encodeURIComponent(text),
  "in a URL, byte by byte": percentOf(text).join(""),
  "in a URL, byte by byte, in upper case": percentOf(text).join("").toUpperCase(),
  "in base64": base64(text),
  "in base64 behind something": base64(`k:${text}`),
  "in base64url": Buffer.from(`>>${text}`).toString("base64url"),
  "in base64 of base64": base64(base64(text)),
  "in base64 of base64 behind something": base64(base64(`k:${text}`)),
  "in hexadecimal": hexesOf(text).join(""),
  "in hexadecimal, in upper case": hexesOf(text).join("").toUpperCase(),
  "in hexadecimal, dumped": hexesOf(text).join(" "),
  "in hexadecimal, by colons": hexesOf(text).join(":").toUpperCase(),
  "in escapes of JSON": hexesOf(text)
    .map((byte) => `\\u00${byte}`)
    .join(""),
});
const writings = writingsOf(key);

type Piece = readonly [text: string | null, finish: string | null];
let echo: KeyEcho;
let streams = 0;

/** What a client gets of one leaf, piece by piece. One echo serves many streams, as choices of their own. */
function streamed({ say, read }: Leaf, pieces: readonly Piece[]): string[] {
  if (streams % 500 === 0) echo = createKeyEcho(key);
  const index = streams++;
  return pieces.map(([text, finish]) => {
    const said = text === null ? { delta: {} } : say(text);
    const { choices } = echo.cleanChunk({ choices: [{ index, ...said, finish_reason: finish }] });
    return read((choices as Json[])[0] ?? {});
  });
}

/** Three pieces of a text, cut at every pair of places. */
function* cuts(text: string): Generator<[string, string, string]> {
  for (let first = 0; first <= text.length; first++)
    for (let second = first; second <= text.length; second++)
      yield [text.slice(0, first), text.slice(first, second), text.slice(second)];
}

/** The first run of eight characters that two texts share. */
function sharedRun(text: string, secret: string): string | undefined {
  for (let at = 0; at + 8 <= secret.length; at++)
    if (text.includes(secret.slice(at, at + 8))) return secret.slice(at, at + 8);
}

describe.each(leaves)("a key in pieces in $name", (one) => {
  it.each(Object.entries(writings))("%s is in no stream, wherever it is cut", (_name, writing) => {
    for (const [first, second, third] of cuts(writing)) {
      const text = streamed(one, [
        [first, ""],
        [second, ""],
        [third, ""],
        [null, "stop"],
      ]).join("");
      if (!text.includes(bullets) || sharedRun(text, writing))
        expect.fail(`${JSON.stringify([first, second, third])} came as ${text}`);
    }
  });

  it("is in no stream where the choice has an end in its middle, or after each piece", () => {
    for (const [first, second, third] of cuts(key))
      for (const finishes of [
        [null, "stop", null],
        ["stop", null, "stop"],
        ["stop", "stop", "stop"],
      ] as const) {
        const pieces = [first, second, third].map((text, at) => [text, finishes[at] ?? null] as const);
        const text = streamed(one, [...pieces, [null, "stop"]]).join("");
        if (sharedRun(text, key)) expect.fail(`${JSON.stringify(pieces)} came as ${text}`);
      }
  });

  it("is in no stream that ends before the key does", () => {
    for (let length = 1; length < key.length; length++) {
      const head = key.slice(0, length);
      for (const pieces of [
        [[head, "length"]],
        [
          [head, null],
          [null, "length"],
        ],
      ] as const) {
        const text = streamed(one, [["It is ", null], ...pieces]).join("");
        expect(text).toBe(`It is ${length > 7 ? bullets : head}`);
      }
    }
  });

  it("is in no stream that ends before it does in any other writing, but for seven characters", () => {
    const seven = writingsOf(key.slice(0, 7));
    for (const [name, writing] of Object.entries(writings)) {
      if (/behind|url$/.test(name)) continue;
      const most = /base64|reversed/.test(name) ? 7 : Number(seven[name]?.length);
      for (let length = 1; length < writing.length; length++) {
        const text = streamed(one, [
          [writing.slice(0, length), null],
          [null, "length"],
        ]).join("");
        const shown = text.replace(/([ :%]|\\u?0{0,2})$/, "");
        if (shown.length > most && sharedRun(shown, writing.replace(/^%|^\\u00/, "")))
          expect.fail(`${writing.slice(0, length)} came as ${text}`);
      }
    }
  });

  it("does not keep ordinary text from arriving, whole and in order", () => {
    const texts = [
      "sk-J, sk-J4/f9, sk-J4/f8+W, 736b7 c2st",
      "an end like sk-J4/",
      "İ ß 日本語 🙂\ud83d \u0000 sk-",
      "•••",
    ];
    for (const text of texts)
      for (const [first, second, third] of cuts(text)) {
        for (const [during, last] of [
          [null, null],
          ["", "stop"],
        ] as const) {
          const pieces: Piece[] = [
            [first, during],
            [second, during],
            [third, last],
            [null, "stop"],
          ];
          const came = streamed(one, pieces).join("");
          if (came !== text) expect.fail(`${JSON.stringify(pieces)} came as ${came}`);
        }
      }
  });

  it("does not hold back what cannot be its beginning", () => {
    const words = ["The ", "key is ", "no sk", "-", "il or sk-", "y"];
    expect(
      streamed(
        one,
        words.map((word) => [word, null] as const),
      ),
    ).toEqual(words);
  });
});

describe("what waited when a choice ended", () => {
  const end = (pieces: readonly Json[], last: Json) => {
    const { cleanChunk } = createKeyEcho(key);
    for (const piece of pieces) cleanChunk({ choices: [{ index: 0, finish_reason: null, ...piece }] });
    return cleanChunk({ choices: [{ index: 0, ...last, finish_reason: "stop" }] }).choices;
  };

  it("comes in the last chunk, at the place where it stood", () => {
    for (const { name, say, read } of leaves) {
      const [choice] = end([say("sk-J4")], { delta: {} }) as Json[];
      expect(choice, name).toMatchObject({ index: 0, finish_reason: "stop" });
      expect(read(choice as Json), name).toBe("sk-J4");
    }
    expect(
      end([call({ id: "c", type: "function", function: { name: "n", arguments: "sk-J4" } })], { delta: {} }),
    ).toEqual([{ index: 0, ...call({ type: "function", function: { arguments: "sk-J4" } }), finish_reason: "stop" }]);
    expect(end([{ text: "sk-J4" }], { text: "" })).toEqual([{ index: 0, text: "sk-J4", finish_reason: "stop" }]);
    expect(end([{ delta: { content: [{ type: "text", text: "sk-J4" }] } }], {})).toEqual([
      { index: 0, delta: { content: [{ type: "text", text: "sk-J4" }] }, finish_reason: "stop" },
    ]);
  });

  it("comes for each of several texts, behind what the last chunk says itself", () => {
    const calls = (first: string, second: string) => ({
      delta: {
        content: "c",
        tool_calls: [first, second].map((text, index) => ({ index, function: { arguments: text } })),
      },
    });
    const [choice] = end([calls("a sk-J", "b sk-J4"), { delta: { content: "sk-J" } }], calls("4/", "/")) as [
      { delta: { content: string; tool_calls: { index: number; function: { arguments: string } }[] } },
    ];
    expect(choice.delta.content).toBe("sk-Jc");
    const of = (wanted: number) =>
      choice.delta.tool_calls
        .filter(({ index }) => index === wanted)
        .map(({ function: { arguments: text } }) => text)
        .join("");
    expect([of(0), of(1)]).toEqual(["sk-J4/", "sk-J4/"]);
  });

  it("is nothing where it came already", () => {
    const { cleanChunk } = createKeyEcho(key);
    const last = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
    cleanChunk({ choices: [{ index: 0, delta: { content: "sk-J4" }, finish_reason: "stop" }] });
    expect(cleanChunk(last)).toEqual(last);
  });
});

describe("a stream", () => {
  const say = (choice: Json, finish: string | null = null) => ({
    choices: [{ index: 0, ...choice, finish_reason: finish }],
  });

  it("keeps whole what clients compare", () => {
    const { cleanChunk } = createKeyEcho("function-assistant-call_1");
    const chunk = say({
      delta: {
        role: "function",
        tool_calls: [{ index: 0, id: "function", type: "function", function: { name: "f" } }],
      },
    });
    expect([cleanChunk(chunk), cleanChunk(chunk)]).toEqual([chunk, chunk]);
  });

  it("keeps apart the texts of two calls and of two choices", () => {
    const { cleanChunk } = createKeyEcho(key);
    const chunk = (choice: number, tool: number, text: string) => ({
      choices: [{ index: choice, delta: { tool_calls: [{ index: tool, function: { arguments: text } }] } }],
    });
    cleanChunk(chunk(0, 0, "sk-J4/f9"));
    for (const [choice, tool] of [
      [0, 1],
      [1, 0],
    ] as const)
      expect(cleanChunk(chunk(choice, tool, "+W="))).toEqual(chunk(choice, tool, "+W="));
    expect(cleanChunk(chunk(0, 0, "!"))).toEqual(chunk(0, 0, "sk-J4/f9!"));
  });

  it("takes an element without an index for the first", () => {
    const { cleanChunk } = createKeyEcho(key);
    const chunk = (more: Json, text: string) =>
      say({ delta: { tool_calls: [{ ...more, function: { arguments: text } }] } });
    const chunks = [chunk({ index: 0 }, key.slice(0, 9)), chunk({}, key.slice(9)), say({ delta: {} }, "stop")];
    expect(sharedRun(JSON.stringify(chunks.map(cleanChunk)).replaceAll('\\"', '"'), key)).toBeUndefined();
  });

  it("with texts at ever new places is given up before it fills the memory", () => {
    const { cleanChunk } = createKeyEcho(key);
    const chunks = (make: (count: number) => Json) => () => {
      for (let count = 0; count < 200_000; count++) cleanChunk({ choices: [make(count)] });
    };
    expect(chunks((count) => ({ index: 0, delta: { [`x${count}`]: "sk-J" } }))).toThrow("could not be understood");
    expect(chunks((count) => ({ index: count, delta: { content: "sk-J" } }))).toThrow("could not be understood");
  });

  it("nested beyond all reason is given up", () => {
    let deep: unknown = "text";
    for (let depth = 0; depth < 10_000; depth++) deep = [deep];
    for (const choice of [{ delta: { deep } }, { logprobs: { deep } }, { logprobs: { logprobs: deep } }])
      expect(() => createKeyEcho(key).cleanChunk(say(choice))).toThrow("could not be understood");
  });
});
