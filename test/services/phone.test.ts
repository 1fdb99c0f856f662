import { describe, expect, test } from "vitest";
import { DomainError } from "../../src/services/errors.js";
import { e164 } from "../../src/services/phone.js";

describe("e164", () => {
  const writings: [string, string][] = [
    ["+15551234567", "+15551234567"],
    ["+1 (555) 123-4567", "+15551234567"],
    ["+1.555.123.4567", "+15551234567"],
    ["001 555 123 4567", "+15551234567"],
    ["tel:+1-555-123-4567", "+15551234567"],
    ["  +1 555 123 4567\n", "+15551234567"],
    ["\u202a+1\u00a0555\u2011123\u20114567\u202c", "+15551234567"],
    ["＋1 555 123 4567", "+15551234567"],
    ["+44 (0)20 7946 0958", "+442079460958"],
    ["(+44) 20 7946 0958", "+442079460958"],
    ["+39 06 1234 5678", "+390612345678"],
    ["+49 1511 2345678", "+4915112345678"],
  ];
  for (const [writing, phone] of writings)
    test(`reads ${JSON.stringify(writing)} as ${phone}`, () => expect(e164(writing)).toBe(phone));

  const others = [
    "",
    "+",
    "hello",
    "5551234567",
    "+1 555 987",
    "+999 123 456 789",
    "+1 555 123 4567 ext. 5",
    "call +15551234567",
    "+1 800 FLOWERS",
    "+15551234567, +15551234568",
    "1".repeat(10_000),
    `+1${" ".repeat(500)}5551234567`,
  ];
  for (const other of others)
    test(`refuses ${JSON.stringify(other.slice(0, 30))} for the field and does not quote it`, () => {
      try {
        e164(other, "input.phone");
        expect.fail("was taken");
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        expect(error).toMatchObject({ code: "BAD_USER_INPUT", extensions: { field: "input.phone" } });
        if (other.length > 1) expect(String(error)).not.toContain(other);
      }
    });
});
