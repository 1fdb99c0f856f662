import { expect, it } from "vitest";
import { DateTime, JSONObject, JSONValue } from "../../src/schema/scalars.js";

it("a time is answered in UTC with milliseconds, whatever form Postgres gave it", () => {
  const cases: [string | Date, string][] = [
    ["2026-11-20T15:46:40.123456+00:00", "2026-11-20T15:46:40.123Z"],
    ["2026-11-20T15:46:40.1+00:00", "2026-11-20T15:46:40.100Z"],
    ["2026-11-20T15:46:40+00:00", "2026-11-20T15:46:40.000Z"],
    ["2026-11-20T15:46:40.999999Z", "2026-11-20T15:46:40.999Z"],
    ["2026-11-20T17:46:40.5+02:00", "2026-11-20T15:46:40.500Z"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
  ];
  for (const [given, answered] of cases) expect(DateTime.serialize(given)).toBe(answered);
  for (const wrong of ["infinity", "", 5, null, {}]) expect(() => DateTime.serialize(wrong)).toThrow(/no time/);
});

it("a time is taken as RFC 3339 with an offset, a real day, and passed on to the microsecond", () => {
  for (const given of [
    "2026-11-20T15:46:40Z",
    "2026-11-20T15:46:40.123456-03:30",
    "2024-02-29T00:00:00+00:00",
    "0001-01-01T00:00:00Z",
  ])
    expect(DateTime.parseValue(given)).toBe(given);
  expect(DateTime.parseValue("2026-11-20t15:46:40z")).toBe("2026-11-20T15:46:40Z");
  const wrong = [
    "2026-11-20",
    "2026-11-20T15:46:40",
    "2026-11-20 15:46:40Z",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T15:46:60Z",
    "0000-01-01T00:00:00Z",
    "12026-11-20T15:46:40Z",
    "now",
    1_700_000_000,
    null,
    {},
  ];
  for (const value of wrong) expect(() => DateTime.parseValue(value), String(value)).toThrow(/^DateTime must be/);
});

it("JSON takes and answers any value, JSONObject objects alone", () => {
  for (const value of [null, 0, "", [], { a: [null] }]) {
    expect(JSONValue.parseValue(value)).toBe(value);
    expect(JSONValue.serialize(value)).toBe(value);
  }
  const object = { a: 1 };
  expect(JSONObject.parseValue(object)).toBe(object);
  expect(JSONObject.serialize(object)).toBe(object);
  for (const value of [null, 0, "x", []]) {
    expect(() => JSONObject.parseValue(value)).toThrow("JSONObject must be an object.");
    expect(() => JSONObject.serialize(value)).toThrow("JSONObject must be an object.");
  }
});
