import { expect, test } from "vitest";
import { answerText } from "../../src/http/answer-text.js";
import { isJsonLongerThan, jsonCharacters } from "../../src/services/json-size.js";

const byteLength = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const values: readonly unknown[] = [
  "plain",
  '"quoted" and \\ and \n',
  "\u0001".repeat(100),
  "é漢😀".repeat(30),
  [0, -1.5, 1e300, true, false, null, [], {}],
  Array.from({ length: 50 }, (_, index) => ({ 'a "name"': index, "\u0001\u0002": [`${index}`] })),
];

test.each(values)("JSON is longer than what it does not fit into: %j", (value) => {
  const bytes = byteLength(value);
  expect(isJsonLongerThan(bytes - 1, value)).toBe(true);
  // A comma too many for each list and object, for which nothing has to be looked back at.
  expect(isJsonLongerThan(Math.ceil(bytes * 1.2), value)).toBe(false);
  expect(jsonCharacters(value)).toBeLessThanOrEqual(bytes * 1.2);
  expect(jsonCharacters(value) * 6).toBeGreaterThanOrEqual(bytes);
});

test("nesting has no end, and what stands somewhere a million times is not measured a million times", () => {
  let nested: unknown = [];
  for (let depth = 0; depth < 1_000_000; depth++) nested = [nested];
  expect(isJsonLongerThan(1_000, nested)).toBe(true);
  const large = "x".repeat(1_000_000);
  const began = performance.now();
  expect(isJsonLongerThan(2_000_000, Array(1_000_000).fill(large))).toBe(true);
  const long = Array(100_000).fill(0);
  expect(isJsonLongerThan(2_000_000, Array(100_000).fill(long))).toBe(true);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("an answer of 64 MiB is answered, and a longer one refused in a sentence", () => {
  const answer = (bytes: number) => ({ data: { text: "x".repeat(bytes - '{"data":{"text":""}}'.length - 10) } });
  expect(answerText(answer(64 * 1024 * 1024))).toBe(`${JSON.stringify(answer(64 * 1024 * 1024))}\n`);
  const { errors, data } = JSON.parse(answerText(answer(65 * 1024 * 1024)));
  expect([data, errors]).toEqual([
    null,
    [{ message: "This is more than 64 MiB at once: ask for less.", extensions: { code: "BAD_USER_INPUT" } }],
  ]);
});
