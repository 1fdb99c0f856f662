import { getCountries, getExampleNumber, parsePhoneNumber } from "libphonenumber-js";
import examples from "libphonenumber-js/examples.mobile.json" with { type: "json" };
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

const normalize = "cloakroom_private.normalize_phone($1)";
let database: TestDatabase;
let owner: OwnerConnection;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectAsOwner(database);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

it.each([
  ["+15551234567", "+15551234567"],
  ["+1 (555) 123-4567", "+15551234567"],
  ["+1.555.123.4567", "+15551234567"],
  ["+1 555/123 4567", "+15551234567"],
  ["(+1) 555 123 4567", "+15551234567"],
  ["tel:+1-555-123-4567", "+15551234567"],
  [" TEL: +1 555 123 4567 ", "+15551234567"],
  ["001 555 123 4567", "+15551234567"],
  ["0044 (0)20 7946 0000", "+442079460000"],
  ["+44 (0)20 7946 0000", "+442079460000"],
  ["+44(0) 20 7946 0000", "+442079460000"],
  ["+49\u00a030\u202f901820", "+4930901820"],
  ["+49 30\u2011901\u2013820", "+4930901820"],
  ["\u202a+49 30 901820\u202c", "+4930901820"],
  ["+39 (0)6 1234 5678", "+390612345678"],
  ["+39 06 1234 5678", "+390612345678"],
  ["+1234567", "+1234567"],
])("%j is %s", async (writing, e164) => {
  expect(await owner.value(normalize, writing)).toBe(e164);
});

it.each([
  "",
  "+",
  "15551234567",
  "(555) 123-4567",
  "+0 555 123 4567",
  "+123456",
  "+1234567890123456",
  "++15551234567",
  "00+15551234567",
  "+1 555 CALL NOW",
  "+1 555 123 4567 ext 5",
  "+1 555 123 4567;ext=5",
  "+1555\u0661234567",
  "tel:5551234",
  "+1 555\u0000123".replace("\u0000", "\u0001"),
  `+${"1".repeat(70)}`,
  `+1 555 123 4567${" ".repeat(60)}`,
])("%j names no international number", async (writing) => {
  expect(await owner.value(normalize, writing)).toBeNull();
});

it("the international writings of a number of every country come back as libphonenumber reads them", async () => {
  for (const country of getCountries()) {
    const example = parsePhoneNumber(getExampleNumber(country, examples)?.number as string);
    for (const writing of [
      example.formatInternational(),
      example.getURI(),
      `00 ${example.formatInternational().slice(1)}`,
    ])
      expect(await owner.value(normalize, writing), writing).toBe(example.number);
  }
});

it("null stays null", async () => {
  expect(await owner.value(normalize, null)).toBeNull();
});
