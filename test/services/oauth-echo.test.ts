import { describe, expect, it } from "vitest";
import { Plaintext } from "../../src/services/crypto/plaintext.js";
import { createTokenEcho } from "../../src/services/outside/oauth-echo.js";

const token = "ya29.canary/token+of=a~service";
const shown = "••••••••";

async function cleaned(text: string | Buffer, pieceLength: number, tokens = [token]): Promise<string> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
  }
  const echo = createTokenEcho(tokens.map((one) => new Plaintext(one)));
  const out: Uint8Array[] = [];
  for await (const piece of echo.clean(pieces())) out.push(piece);
  return Buffer.concat(out).toString();
}

describe("a token in what its service answers", () => {
  it("is replaced by bullets wherever the pieces of the answer are cut", async () => {
    const text = `{"authorization":"Bearer ${token}","url":"?t=${encodeURIComponent(token)}","json":"${token.replaceAll("/", "\\/")}"}${token}`;
    for (let length = 1; length <= text.length + 1; length++) {
      const result = await cleaned(text, length);
      expect(result).toBe(`{"authorization":"Bearer ${shown}","url":"?t=${shown}","json":"${shown}"}${shown}`);
    }
  });

  const json = (characters: RegExp, hex: (code: string) => string) =>
    token.replace(characters, (one) => `\\u${hex(one.charCodeAt(0).toString(16).padStart(4, "0"))}`);
  const lower = (text: string) => text.toLowerCase();
  const upper = (text: string) => text.toUpperCase();
  it.each([
    ["a URL, in lower case", encodeURIComponent(token).replace(/%../g, lower)],
    ["a URL that encodes all but letters and digits", token.replace(/\W/g, (c) => `%${c.charCodeAt(0).toString(16)}`)],
    ["JSON that escapes a plus", json(/\+/g, upper)],
    ["JSON that escapes a slash", json(/\//g, lower)],
    ["JSON that escapes an equals sign", json(/=/g, lower)],
    ["JSON that escapes all three", json(/[/+=]/g, upper)],
    ["JSON that escapes some in one way and some in another", json(/[+=]/g, lower).replace("/", "\\/")],
  ])("is found in %s, wherever it is cut, and nothing beside it is lost", async (_, written) => {
    const around = ["\\", "%", "\\u00", "%2", "%%", "\\\\", ""];
    for (const before of ['{"a":"\\n', "?a=%20"])
      for (const after of around)
        for (let length = 1; length <= 12; length++)
          expect(await cleaned(`${before}${written}${after}`, length)).toBe(`${before}${shown}${after}`);
    const echo = createTokenEcho([new Plaintext(token)]);
    expect(echo.isIn(`<https://api.example?t=${written}>`)).toBe(true);
  });

  it("is found as it is also where it has an escape of its own, or one stands before it", async () => {
    const escaping = "canary%2Fof\\u002Fa=service";
    for (const length of [1, 2, 5, 100]) {
      expect(await cleaned(`a ${escaping} b`, length, [escaping])).toBe(`a ${shown} b`);
      expect(await cleaned(`?a=${encodeURIComponent(escaping)}`, length, [escaping])).toBe(`?a=${shown}`);
      expect(await cleaned(`{"a":${JSON.stringify(escaping)}}`, length, [escaping])).toBe(`{"a":"${shown}"}`);
      for (const before of ["\\", "%", "%a", "\\u", "\\u0"])
        expect(await cleaned(`${before}${token}`, length)).toBe(`${before}${shown}`);
    }
  });

  it("is found when it repeats itself, overlaps its own beginning, or is another token's beginning", async () => {
    const awkward = "abababababX";
    for (const length of [1, 2, 3, 7, 100]) {
      expect(await cleaned(`abab${awkward}ab${awkward}${awkward}`, length, [awkward])).toBe(
        `abab${shown}ab${shown}${shown}`,
      );
      expect(await cleaned("1234567890 123456789", length, ["123456789", "1234567890"])).toBe(`${shown} ${shown}`);
    }
  });

  it("leaves everything else as it is, to the byte", async () => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256));
    const echo = createTokenEcho([new Plaintext(token)]);
    const out: Uint8Array[] = [];
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 13) yield bytes.subarray(at, at + 13);
    }
    for await (const piece of echo.clean(pieces())) out.push(piece);
    expect(Buffer.concat(out).equals(bytes)).toBe(true);
    for (const text of [token.slice(0, -1), "100% of \\u00zz and \\q, %zz and %", "%2F\\/%2f\\u002f", "\\"])
      for (const length of [1, 2, 5, 100]) expect(await cleaned(text, length)).toBe(text);
  });

  it("holds back nothing but what could be its beginning", async () => {
    const echo = createTokenEcho([new Plaintext(token)]);
    async function* pieces() {
      yield Buffer.from("data: 1\n\n");
      yield Buffer.from("data: ya29");
      yield Buffer.from(".no\n\n");
      yield Buffer.from("data: 50%");
      yield Buffer.from("data: \\");
    }
    const out: string[] = [];
    for await (const piece of echo.clean(pieces())) out.push(Buffer.from(piece).toString());
    expect(out).toEqual(["data: 1\n\n", "data: ", "ya29.no\n\n", "data: 50%", "data: \\"]);
  });

  it.each([
    ["a short one again and again", "a/a/a/a/", "a/a/a/a/"],
    ["a long one's beginning, escaped", `${"a/".repeat(4_000)}b${"a/".repeat(4_000)}`, "a\\/a%2Fa\\u002f"],
    ["the letter that a long one is made of", `${"a".repeat(8_000)}b${"a".repeat(8_000)}`, "a"],
  ])("is looked for in time that grows with the answer alone, though that is %s", async (_, wanted, repeated) => {
    const before = process.cpuUsage();
    await cleaned(repeated.repeat((512 * 1024) / repeated.length), 256 * 1024, [wanted]);
    const { user, system } = process.cpuUsage(before);
    // A tenth of a second; what looks at bytes again and again takes a second, and up to minutes.
    expect((user + system) / 1_000_000).toBeLessThan(0.7);
  });

  it("is told in a header too", () => {
    const echo = createTokenEcho([new Plaintext(token)]);
    expect(echo.isIn(`<https://api.example?t=${encodeURIComponent(token)}>; rel="next"`)).toBe(true);
    expect(echo.isIn("text/plain")).toBe(false);
  });
});
