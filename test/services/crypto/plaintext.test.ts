import { format, inspect } from "node:util";
import { expect, it } from "vitest";
import { Plaintext } from "../../../src/services/crypto/plaintext.js";

const canary = "canary-plaintext-77aa";

it("a plaintext gives its value to reveal() alone", () => {
  expect(new Plaintext(canary).reveal()).toBe(canary);
});

it("a plaintext prints itself as [plaintext] however it is printed", () => {
  const value = new Plaintext(canary);
  const prints = [
    String(value),
    `${value}`,
    JSON.stringify({ value }),
    inspect({ value }),
    format("%s %o %j", value, value, value),
  ];
  for (const print of prints) {
    expect(print).toContain("[plaintext]");
    expect(print).not.toContain(canary);
  }
  const keys = [...Object.keys(value), ...Reflect.ownKeys(value)];
  expect(keys).toEqual([]);
});
