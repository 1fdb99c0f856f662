import { describe, expect, test } from "vitest";
import { createTestNumbers } from "../../src/services/test-numbers.js";

const number = { phone: "+15555550100", code: "123456", lastDay: "2027-01-31" };

describe("test numbers", () => {
  const at = (time: string, lines: unknown[] = []) =>
    createTestNumbers(
      [number],
      (message, fields) => lines.push([message, fields]),
      () => Date.parse(time),
    );

  test("have their code to the end of their last day, UTC, and are numbers like any other afterwards", () => {
    const found = { fixedCode: "123456", fixedUntil: "2027-02-01T00:00:00.000Z" };
    expect(at("2026-01-01T00:00:00Z").find(number.phone)).toEqual(found);
    expect(at("2027-01-31T23:59:59.999Z").find(number.phone)).toEqual(found);
    expect(at("2027-02-01T00:00:00Z").find(number.phone)).toBeNull();
    expect(at("2026-01-01T00:00:00Z").find("+15555550101")).toBeNull();
  });

  test("that have ended are said to be there once, at start, without number or code", () => {
    const lines: unknown[] = [];
    const numbers = at("2027-02-01T00:00:00Z", lines);
    numbers.find(number.phone);
    expect(lines).toEqual([["OTP_TEST_NUMBERS has numbers whose last day is past", { ended: 1 }]]);
    at("2027-01-31T00:00:00Z", lines);
    expect(lines).toHaveLength(1);
  });
});
