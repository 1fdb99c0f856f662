import { describe, expect, it } from "vitest";
import { createKeyEcho } from "../../../src/services/outside/model-providers/key-echo.js";

const key = 'sk-proj-A1b2C3d4E5f6G7h8/+="\\';
const bullets = "••••••••";

const chunk = (content: string, finish: string | null = null) => ({
  id: "c",
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});

/** What a reader puts together of the pieces. */
function streamed(pieces: readonly string[], secret = key): { text: string; sent: string[] } {
  const echo = createKeyEcho(secret);
  const sent = pieces.map((piece, index) => {
    const { choices } = echo.cleanChunk(chunk(piece, index === pieces.length - 1 ? "stop" : null));
    return (choices as { delta: { content: string } }[])[0]?.delta.content ?? "";
  });
  return { text: sent.join(""), sent };
}

/** Every way to cut a text in two, and into pieces of the same size. */
function* cuts(text: string): Generator<string[]> {
  for (let at = 0; at <= text.length; at++) yield [text.slice(0, at), text.slice(at)];
  for (let size = 1; size <= 7; size++) yield text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
}

describe("a key in an answer", () => {
  it("is replaced without the public prefix of its kind too, whole and in pieces", () => {
    const part = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8";
    for (const prefix of ["sk-", "sk-proj-", "sk-ant-api03-", "gsk_"]) {
      const secret = prefix + part;
      expect(createKeyEcho(secret).clean(`it ends in ${part}.`)).toBe(`it ends in ${bullets}.`);
      // Three characters may have left before it can be told.
      for (const pieces of cuts(`it ends in ${part}.`))
        expect(streamed(pieces, secret).text).toMatch(/^it ends in (A|Ab|Ab1)?••••••••\.$/);
    }
    expect(createKeyEcho("sk-short-part").clean("a short-part of it")).toBe("a short-part of it");
  });

  it("is replaced in every string and name, in every form", () => {
    const { clean } = createKeyEcho(key);
    const forms = [
      key,
      `Bearer ${key}`,
      JSON.stringify({ nested: { key } }),
      encodeURIComponent(key),
      new URLSearchParams({ q: key }).toString(),
      key.toLowerCase(),
      key.toUpperCase(),
      [...key].reverse().join(""),
      JSON.stringify({ key }).replaceAll("/", "\\/"),
      key.replace(/[^a-z0-9]/gi, (sign) => `%${Buffer.from(sign).toString("hex")}`),
      ...["%", ":", " ", "-", "\\x", "\\u00"].flatMap((separator) => {
        const hex = Buffer.from(key)
          .toString("hex")
          .replace(/..(?=.)/g, `$&${separator}`);
        return [hex, hex.toUpperCase(), separator + hex];
      }),
      Buffer.from(key).toString("hex"),
      Buffer.from(key).toString("hex").toUpperCase(),
      ...["", "a", "ab", "abc"].flatMap((before) => {
        const bytes = Buffer.from(`${before}${key}${before}`);
        const twice = Buffer.from(`${before}${bytes.toString("base64")}`).toString("base64");
        return [bytes.toString("base64"), bytes.toString("base64url"), twice];
      }),
    ];
    const shown = JSON.stringify(clean({ forms, [key]: { deep: [[{ [`x ${key}`]: key }]] } }));
    expect(shown).not.toContain("A1b2C3");
    expect(shown).not.toContain(Buffer.from("A1b2C3d4").toString("hex"));
    for (const form of clean(forms)) expect(form).toContain(bullets);
    const core = Buffer.from(key).toString("base64").slice(4, -8);
    expect(shown).not.toContain(core);
  });

  it("is replaced where its last quarter is missing", () => {
    const { clean } = createKeyEcho(key);
    for (let length = Math.ceil((key.length * 3) / 4); length <= key.length; length++) {
      expect(clean(`(${key.slice(0, length)})`)).toBe(`(${bullets})`);
      expect(clean({ id: key.slice(0, length), [key.slice(0, length)]: 1 })).toEqual({ id: bullets, [bullets]: 1 });
    }
  });

  it("is replaced where the answer ends before it does, unless little of it came", () => {
    const { clean } = createKeyEcho(key);
    for (let length = 1; length <= key.length; length++)
      expect(clean({ content: `It is ${key.slice(0, length)}` }).content).toBe(
        `It is ${length > 8 ? bullets : key.slice(0, length)}`,
      );
  });

  it("leaves the public prefix of its kind at the end of a text, but no words of somebody's own", () => {
    const ended = (secret: string, end: string) => createKeyEcho(secret).clean(`keys start with ${end}`).slice(16);
    const secret = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8";
    for (const prefix of ["sk-proj-", "sk-svcacct-", "sk-ant-api03-"]) {
      expect(ended(prefix + secret, prefix)).toBe(prefix);
      expect(ended(prefix + secret, `${prefix}A`)).toBe(bullets);
      const hex = Buffer.from(prefix).toString("hex");
      expect([ended(prefix + secret, hex), ended(prefix + secret, `${hex}4`)]).toEqual([hex, bullets]);
    }
    expect(ended("sk-ABCDEFGHIJKLMNOPQRSTUVWX", "sk-ABCDE")).toBe(bullets);
    expect(ended("correct-horse-battery-staple-1", "correct-")).toBe(bullets);
  });

  it("comes as the description of the proxy says", () => {
    const { clean } = createKeyEcho("sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9");
    for (const same of ["sk-proj-Ab1Cd, they say", "It is sk-proj-", "3Gh4Ij5Kl6Mn7Op8Qr9"])
      expect(clean(same)).toBe(same);
    expect(clean("(sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6M)")).toBe(`(${bullets})`);
    expect(clean("It is sk-proj-Ab1")).toBe(`It is ${bullets}`);
    expect(clean("1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9")).toBe(`1Cd2${bullets}`);
  });

  it("leaves as much of it at the end of a text in numbers as in letters, and never three quarters", () => {
    const ended = (secret: string, length: number) => {
      const bytes = [...Buffer.from(secret.slice(0, length))].join(", ");
      return createKeyEcho(secret).clean(bytes) === bytes;
    };
    expect([ended("sk-ABCDEFGHIJKLMNOPQRSTUVWX", 7), ended("sk-ABCDEFGHIJKLMNOPQRSTUVWX", 8)]).toEqual([true, false]);
    expect([ended("sk-ABCDE", 5), ended("sk-ABCDE", 7)]).toEqual([true, false]);
  });

  it("that begins like a word of the protocol changes none", () => {
    for (const word of ["assistant", "function", "chat.completion", "choices", "test-model"]) {
      const message = { role: "assistant", content: "Hi", tool_calls: [{ id: word, type: "function", function: {} }] };
      const answer = { id: word, object: "chat.completion", model: "test-model", choices: [{ index: 0, message }] };
      const { clean, cleanChunk } = createKeyEcho(`${word}1`);
      expect([clean(answer), cleanChunk(answer)]).toEqual([answer, answer]);
    }
  });

  it("is looked for in reasonable time where text and key repeat themselves, or given up", () => {
    const { clean } = createKeyEcho(`${"a".repeat(5000)}${"b".repeat(3000)}`);
    expect(() => clean("a".repeat(1_000_000))).toThrow("could not be understood");
    const repeated = createKeyEcho("x".repeat(16));
    expect(repeated.clean("x".repeat(1_000_000))).toBe(bullets);
  });

  it("leaves everything else as it was", () => {
    const value = { a: [1, 2.5, null, true, "text", ""], __proto: { b: "sk-" }, ключ: "日本語 \u0000" };
    expect(createKeyEcho(key).clean(value)).toEqual(value);
  });

  it("that is a common word is none to look for", () => {
    expect(createKeyEcho("ollama").clean("llama and ollama")).toBe("llama and ollama");
  });

  it("is refused with what is nested without end", () => {
    let value: unknown = key;
    for (let depth = 0; depth < 10_000; depth++) value = [value];
    expect(() => createKeyEcho(key).clean(value)).toThrow("could not be understood");
  });
});

describe("a key in a stream", () => {
  it("is replaced wherever it is cut, but for the first three characters", () => {
    for (const pieces of cuts(`before ${key} after`)) {
      const { text } = streamed(pieces);
      expect(text, JSON.stringify(pieces)).toMatch(/^before (sk-|sk|s|)•+ after$/);
    }
  });

  it("is replaced twice where it comes twice, also at the end", () => {
    for (const pieces of cuts(`${key}${key}`)) expect(streamed(pieces).text).not.toContain("A1b2");
  });

  it("holds nothing back that does not begin like the key, and loses nothing that does", () => {
    const innocent = "Keys look like sk-proj-XYZ, or sk-proj-A1b2C9, or sk-pro";
    for (const pieces of cuts(innocent)) expect(streamed(pieces).text).toBe(innocent);
    const words = innocent.match(/\S+\s*/g) ?? [];
    expect(streamed(words).sent.slice(0, 3)).toEqual(words.slice(0, 3));
  });

  it("gives out at the end what waited, also where the last piece has no text", () => {
    const echo = createKeyEcho(key);
    const first = echo.cleanChunk(chunk("so: sk-proj"));
    const last = echo.cleanChunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    expect([first, last]).toEqual([
      chunk("so: "),
      { choices: [{ index: 0, delta: { content: "sk-proj" }, finish_reason: "stop" }] },
    ]);
  });

  it("keeps the texts of two choices apart", () => {
    const echo = createKeyEcho(key);
    const piece = (index: number, content: string) => {
      const { choices } = echo.cleanChunk({ choices: [{ index, delta: { content }, finish_reason: null }] });
      return (choices as { delta: { content: string } }[])[0]?.delta.content;
    };
    expect([piece(0, "sk-proj-"), piece(1, "hello"), piece(0, "never"), piece(1, " you")]).toEqual([
      "",
      "hello",
      "sk-proj-never",
      " you",
    ]);
  });
});
