import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

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

function normalize(type: string, value: unknown): Promise<unknown> {
  const options = JSON.stringify(["red", "green", "blue"]);
  const call = "cloakroom_private.normalize_value($1::jsonb, $2, $3::jsonb, 'input.values.c')";
  return owner.value(call, JSON.stringify(value), type, options);
}

const same: [string, unknown][] = [
  ["TEXT", ""],
  ["TEXT", "  kept to the character \n\t é 🔐 "],
  ["TEXT", "x".repeat(65_536)],
  ["LONG_TEXT", ""],
  ["LONG_TEXT", "x".repeat(262_144)],
  ["NUMBER", 0],
  ["NUMBER", -1.5],
  ["NUMBER", 0.1],
  ["NUMBER", 9007199254740991],
  ["NUMBER", 1e21],
  ["NUMBER", 1.7976931348623157e308],
  ["NUMBER", -5e-324],
  ["NUMBER", 2.2250738585072014e-308],
  ["NUMBER", "123456789012345678901234567890"],
  ["NUMBER", "0.1000000000000000055511151231257827"],
  ["CURRENCY", 19.99],
  ["PERCENT", 50],
  ["BOOLEAN", true],
  ["BOOLEAN", false],
  ["DATE", "2024-02-29"],
  ["DATE", "2000-02-29"],
  ["DATE", "0001-01-01"],
  ["DATE", "9999-12-31"],
  ["DATETIME", "2024-02-29T23:59:59.123Z"],
  ["EMAIL", "Anna.Maria+tag@mail.Example.com"],
  ["EMAIL", "o'brien_%x@sub-domain.example"],
  ["EMAIL", "用户@例子.中国"],
  ["EMAIL", "a@b.co"],
  ["URL", "https://example.com"],
  ["URL", "HTTP://user:pw@Example.com:8080/a%20b?c=d#e"],
  ["URL", "http://127.0.0.1/x"],
  ["URL", "http://[::1]:3000"],
  ["URL", "https://[2001:db8::ff00:42:8329]/"],
  ["URL", "https://bücher.example/ü"],
  ["URL", "https://localhost?x"],
  ["SELECT", "red"],
  ["MULTI_SELECT", []],
  ["MULTI_SELECT", ["blue", "red"]],
  ["JSON", { a: [1, "x", null, { b: false }] }],
  ["JSON", []],
  ["JSON", "text"],
  ["JSON", 0],
  ["JSON", false],
];

it.each(same)("%s keeps %j as it is", async (type, value) => {
  expect(await normalize(type, value)).toEqual(value);
});

const changed: [string, unknown, unknown][] = [
  ["NUMBER", "1.50", 1.5],
  ["NUMBER", "+007", 7],
  ["NUMBER", "-0", 0],
  ["NUMBER", ".5", 0.5],
  ["NUMBER", "5.", 5],
  ["NUMBER", "9007199254740993", "9007199254740993"],
  ["NUMBER", "00123456789012345678901.500", "123456789012345678901.5"],
  ["NUMBER", "9".repeat(400), "9".repeat(400)],
  ["CURRENCY", "1234567.10", 1234567.1],
  ["PERCENT", "12.5", 12.5],
  ["DATETIME", "2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"],
  ["DATETIME", "2024-02-29t23:59:59.1z", "2024-02-29T23:59:59.100Z"],
  ["DATETIME", "2024-02-29T23:59:59.9999999999Z", "2024-02-29T23:59:59.999Z"],
  ["DATETIME", "2024-03-01T00:30:00+05:30", "2024-02-29T19:00:00.000Z"],
  ["DATETIME", "2023-12-31T23:30:00.25-01:45", "2024-01-01T01:15:00.250Z"],
  ["DATETIME", "2024-01-01T00:00:00-00:00", "2024-01-01T00:00:00.000Z"],
  ["DATETIME", "0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00.000Z"],
  ["EMAIL", " \tanna@example.com\n", "anna@example.com"],
  ["PHONE", "+44 (0)20 7946 0000", "+442079460000"],
];

it.each(changed)("%s takes %j as %j", async (type, value, kept) => {
  expect(await normalize(type, value)).toEqual(kept);
});

it("every double that JSON can write comes back as the same double", async () => {
  const doubles: number[] = [];
  const view = new DataView(new ArrayBuffer(8));
  for (let seed = 1; doubles.length < 3000; seed++) {
    view.setUint32(0, Math.imul(seed, 0x9e3779b1));
    view.setUint32(4, Math.imul(seed, 0x85ebca6b));
    if (Number.isFinite(view.getFloat64(0))) doubles.push(view.getFloat64(0));
  }
  const { rows } = await owner.query(
    "select cloakroom_private.normalize_value(d, 'NUMBER', null, 'f') as kept from jsonb_array_elements($1::jsonb) as d",
    [JSON.stringify(doubles)],
  );
  expect(rows.map((row) => row.kept)).toEqual(doubles);
});

it.each(["TEXT", "NUMBER", "BOOLEAN", "DATE", "SELECT", "MULTI_SELECT", "JSON"])("null clears %s", async (type) => {
  expect(await normalize(type, null)).toBeNull();
  expect(await owner.value("cloakroom_private.normalize_value(null, $1, null, 'f') is null", type)).toBe(true);
});

it("neither date style, time zone nor float settings of the session change what is kept", async () => {
  const set = "set datestyle = 'SQL, DMY'; set timezone = 'Asia/Kolkata'; set extra_float_digits = -15";
  await owner.query(set);
  try {
    expect(await normalize("DATETIME", "2024-02-03T23:59:59Z")).toBe("2024-02-03T23:59:59.000Z");
    expect(await normalize("DATE", "2024-02-03")).toBe("2024-02-03");
    expect(await normalize("NUMBER", 1.2345678901234567)).toBe(1.2345678901234567);
  } finally {
    await owner.query("reset datestyle; reset timezone; reset extra_float_digits");
  }
});
