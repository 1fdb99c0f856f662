import { describe, expect, it } from "vitest";
import { createCsrfTokens } from "../../src/services/csrf.js";

const secret = "a secret of the tests, forty characters.";
const tokens = createCsrfTokens(secret);
const session = { kind: "session", id: "0b9d4e0e-7a65-4f64-9a0e-3f3a0a3f9c22" } as const;

describe("a csrf token", () => {
  it("is good for what it was made for, on every server with the same secret", () => {
    const token = tokens.issue(session);
    expect([tokens.isValid(token, session), createCsrfTokens(secret).isValid(token, { ...session })]).toEqual([
      true,
      true,
    ]);
  });

  it("is good for nothing else, nor under another secret", () => {
    const token = tokens.issue(session);
    const others = [
      null,
      { kind: "session", id: "1b9d4e0e-7a65-4f64-9a0e-3f3a0a3f9c22" },
      { kind: "thread", id: session.id },
      { kind: "session", id: "" },
    ] as const;
    for (const other of others) expect(tokens.isValid(token, other)).toBe(false);
    expect(createCsrfTokens(`${secret}.`).isValid(token, session)).toBe(false);
  });

  it("made for nothing is good for nothing", () => {
    const token = tokens.issue(null);
    expect(token).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
    for (const binding of [null, session, { kind: "session", id: "" }, { kind: "session", id: "null" }] as const)
      expect(tokens.isValid(token, binding)).toBe(false);
  });

  it("in any other form, or with a character changed, is refused without an error", () => {
    const token = tokens.issue(session);
    const changed = Array.from(
      { length: 64 },
      (_, at) => `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`,
    );
    for (const wrong of [
      undefined,
      "",
      ".",
      "é.é",
      "a".repeat(66),
      `${token}A`,
      `.${token}`,
      token.replace(".", ""),
      "x".repeat(100_000),
      ...changed,
    ])
      expect(tokens.isValid(wrong, session)).toBe(false);
  });
});
