import { getCountries, getExampleNumber } from "libphonenumber-js";
import examples from "libphonenumber-js/examples.mobile.json" with { type: "json" };
import { afterAll, beforeAll, expect, it } from "vitest";
import { maskStyles, maskValue } from "../../../src/services/crypto/masks.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { maskCases } from "../../support/mask-cases.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

const mask = "cloakroom_private.mask($1, $2)";
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

it.each(maskCases)("SQL masks as the table says: $value", async ({ value, ...shown }) => {
  for (const style of maskStyles) expect(await owner.value(mask, value, style), style).toBe(shown[style]);
});

it("SQL masks the phones of all countries and every two- and three-digit beginning as TypeScript does", async () => {
  const phones = getCountries().map((country) => getExampleNumber(country, examples)?.number as string);
  const beginnings = Array.from({ length: 900 }, (_, index) => `+${index + 100}5551234`);
  const all = [...phones, ...beginnings];
  const { rows } = await owner.query(
    "select cloakroom_private.mask(p, 'PHONE') as masked from unnest($1::text[]) as p",
    [all],
  );
  expect(rows.map((row) => row.masked)).toEqual(all.map((phone) => maskValue(phone, "PHONE")));
});

it("every character after another is taken alike by both as part of an e-mail domain", async () => {
  const emails = Array.from({ length: 0xd7ff }, (_, index) => `ab@c${String.fromCodePoint(index + 1)}d.example`);
  const { rows } = await owner.query(
    "select cloakroom_private.mask(e, 'EMAIL') as masked from unnest($1::text[]) as e",
    [emails],
  );
  const differing = emails.filter((email, index) => rows[index].masked !== maskValue(email, "EMAIL"));
  expect(differing).toEqual([]);
});

it("masking a mask changes nothing, an unknown style masks all, and null stays null", async () => {
  for (const { value } of maskCases)
    for (const style of maskStyles) {
      const once = await owner.value(mask, value, style);
      expect(await owner.value(mask, once, style)).toBe(once);
    }
  expect(await owner.value(mask, "anna@example.com", "NONE")).toBe("••••••••");
  expect(await owner.value(mask, "anna@example.com", null)).toBe("••••••••");
  expect(await owner.value(mask, null, "FULL")).toBeNull();
});
