import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { connectAsOwner, everythingOf, type OwnerConnection } from "../../support/owner-connection.js";

const call = "cloakroom_private.normalize_value($1::jsonb, $2, $3::jsonb, 'input.rows.3.c')";
const options = JSON.stringify(["red", "green"]);
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

async function expectRefused(type: string, json: string, choices: string | null = options): Promise<void> {
  const error = await owner.failure(call, json, type, choices);
  expect([error.code, error.detail], `${type} ${json.slice(0, 80)}`).toEqual(["CR422", "input.rows.3.c"]);
  expect(error.message).toMatch(/^(Expected |This column takes no value)/);
  const given = json.replaceAll('"', "");
  if (given.length > 5) expect(everythingOf(error)).not.toContain(given);
}

const refused: Record<string, unknown[]> = {
  TEXT: [1, true, {}, [], "x".repeat(65_537), "é".repeat(32_769)],
  LONG_TEXT: [1, {}, "x".repeat(262_145)],
  NUMBER: [
    "",
    " 1",
    "1 ",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e3",
    "0x10",
    "1,000",
    "1_000",
    "--1",
    ".",
    "+",
    "٣",
    true,
    [1],
    "9".repeat(401),
    `0.${"0".repeat(400)}1`,
    "canary-41x",
  ],
  BOOLEAN: ["true", 1, 0, "yes"],
  DATE: [
    "2023-02-29",
    "1900-02-29",
    "2024-04-31",
    "2024-13-01",
    "2024-00-10",
    "2024-01-00",
    "0000-01-01",
    "10000-01-01",
    "2024-1-1",
    "24-01-01",
    "2024/01/01",
    "today",
    "infinity",
    "2024-01-01 ",
    "2024-01-01T00:00:00Z",
    "0044-03-15 BC",
    20240101,
  ],
  DATETIME: [
    "2024-02-29T23:59:60Z",
    "2016-12-31T23:59:60Z",
    "2024-02-29T24:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-02-29T23:60:00Z",
    "2024-02-29T23:59:59",
    "2024-02-29",
    "2024-02-29 23:59:59Z",
    "2024-02-29T23:59Z",
    "2024-02-29T23:59:59.Z",
    "2024-02-29T23:59:59+24:00",
    "2024-02-29T23:59:59+01:60",
    "2024-02-29T23:59:59+0100",
    "2024-02-29T23:59:59 +01:00",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "0000-06-01T00:00:00Z",
    "now",
    "infinity",
    1709251199,
  ],
  EMAIL: [
    "",
    "anna",
    "anna@",
    "@example.com",
    "a@b@example.com",
    "anna@localhost",
    "an na@example.com",
    "anna@exam ple.com",
    "anna@example..com",
    "anna@.example.com",
    "anna@example.com.",
    ".anna@example.com",
    "anna.@example.com",
    "an..na@example.com",
    "anna@-example.com",
    "anna@example-.com",
    "anna@127.0.0.1",
    "Anna <anna@example.com>",
    "anna@example.com,bob@example.com",
    "a\u0001@example.com",
    `${"a".repeat(65)}@example.com`,
    `a@${"b".repeat(64)}.com`,
    `a@${"b.".repeat(125)}com`,
    5,
  ],
  PHONE: ["", "12", "(555) 123-4567", "canary-phone", 15551234567],
  URL: [
    "",
    "example.com",
    "//example.com",
    "/path",
    "ftp://example.com",
    "javascript:alert(1)",
    "https:",
    "https://",
    "https:///x",
    "http://?x",
    "http://:80",
    "http://user@",
    "https:example.com",
    "https:\\\\example.com",
    " https://example.com",
    "https://example.com ",
    "https://exam ple.com",
    "https://example.com/a b",
    "https://example.com\n",
    "https://example.com:99999",
    "https://example.com:x",
    "http://256.1.1.1",
    "http://1.2.3",
    "http://[::g]",
    "http://[1.2.3.4]",
    "http://[::1",
    "http://a..b",
    "http://-a.com",
    "http://a%20b.com",
    `https://example.com/${"x".repeat(8200)}`,
    1,
  ],
  SELECT: ["blue", "", "Red", 1, ["red"], { red: 1 }],
  MULTI_SELECT: ["red", ["blue"], ["red", "red"], ["red", "blue"], [1], [null], [["red"]], {}, 1],
  JSON: [{ a: "x".repeat(262_144) }],
  FORMULA: ["x", 1],
  LINK: ["x"],
  CHILD_LINK: ["x"],
  NOTHING: ["x"],
};

it.each(Object.entries(refused))("%s takes nothing else", async (type, values) => {
  for (const value of values) await expectRefused(type, JSON.stringify(value));
});

it("a number too large or too small to keep is refused, however it is written", async () => {
  for (const json of ["1e400", "-1e131000", "1e-16000", "1E-400"]) await expectRefused("NUMBER", json);
});

it("without options nothing can be chosen", async () => {
  await expectRefused("SELECT", '"red"', null);
  await expectRefused("MULTI_SELECT", '["red"]', null);
  await expectRefused("SELECT", '"red"', "[]");
});

it("what is taken as a web address, a browser takes too, with a host", async () => {
  const hosts = [
    "example.com",
    "a_b.example",
    "xn--bcher-kva.example",
    "bücher.example",
    "1.2.3.4",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.",
    "1.2.3.4.",
    "example.com.",
    "[::]",
    "[::ffff:1.2.3.4]",
    "[1::2::3]",
    "[12345::]",
    "0x7f.1",
    "a.1",
    "9",
    "a--b.com",
    "exa­mple.com",
    "a\u200bb.com",
    "\u3000",
    "a\u3002com",
    "<x>",
    "a^b",
    "a|b",
    "%41.com",
    "a:b",
    "a;b",
    "a,b",
    "a'b",
    "*",
  ];
  for (const host of hosts)
    for (const url of [`http://${host}`, `https://u:p@${host}:8080/x?y#z`]) {
      const isTaken = await owner.value<boolean>("cloakroom_private.is_web_address($1)", url);
      if (isTaken) expect(URL.canParse(url) && new URL(url).hostname !== "", url).toBe(true);
    }
});

it("no error of a cast comes out, whatever text meets whatever type", async () => {
  const texts = [
    "canary'x",
    "1e999999",
    "-",
    "\\",
    "\\u0001",
    "[",
    "{",
    "(",
    "%s",
    "$1",
    "1;drop",
    "2024-99-99",
    "T",
    "Z".repeat(70),
    "http://[",
    "http://[::1]]",
    "http://[%eth0]",
    "@@",
    "a@[::1]",
    "+",
    "+(",
    "tel:",
    "🔐".repeat(30),
    "\u202e",
    "\u0085",
    "\u2028",
  ];
  for (const type of Object.keys(refused))
    for (const text of texts)
      for (const value of [text, [text], { [text]: text }]) {
        const outcome = await owner.value(call, JSON.stringify(value), type, options).then(
          () => "kept",
          (error) => error.code,
        );
        expect(["kept", "CR422"], `${type} ${JSON.stringify(value)}`).toContain(outcome);
      }
});
