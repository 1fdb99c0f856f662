import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encryptFernet } from "../../../src/services/crypto/fernet.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { awkwardTexts, bitFlips, fernetSpec, otherEncrypt, respellings, specKey } from "../../support/fernet-spec.js";
import { connectAsOwner, everythingOf, type OwnerConnection } from "../../support/owner-connection.js";

const decrypt = "cloakroom_private.fernet_decrypt($1, $2)";
const canary = "canary-plaintext-91c0";
const key = randomBytes(32);
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

async function expectRefused(token: string | null, under: Buffer | null = key): Promise<void> {
  const error = await owner.failure(decrypt, token, under);
  expect({ code: error.code, message: error.message, detail: error.detail }).toEqual({
    code: "CR500",
    message: "A sealed value cannot be opened.",
    detail: undefined,
  });
  expect(everythingOf(error)).not.toContain(canary);
  if (token && token.length > 3) expect(everythingOf(error)).not.toContain(token);
}

/** A rightly signed token around any bytes at all, which only the key's holder can make. */
function signedToken(padded: Buffer): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-128-cbc", key.subarray(16), iv).setAutoPadding(false);
  const body = Buffer.concat([Buffer.from([0x80]), Buffer.alloc(8), iv, cipher.update(padded), cipher.final()]);
  const token = Buffer.concat([body, createHmac("sha256", key.subarray(0, 16)).update(body).digest()]);
  return token.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

it.each(awkwardTexts)("what TypeScript and npm fernet encrypt, SQL decrypts: text %#", async (text) => {
  expect(await owner.value(decrypt, encryptFernet(text, key), key)).toBe(text);
  expect(await owner.value(decrypt, otherEncrypt(text, key), key)).toBe(text);
});

it.each(fernetSpec.verify)("the specification's token opens: $src", async ({ token, secret, src }) => {
  expect(await owner.value(decrypt, token, specKey(secret))).toBe(src);
});

it("one flipped bit in any byte is refused", async () => {
  for (const token of bitFlips(encryptFernet(canary, key))) await expectRefused(token);
});

it("a second spelling of a token is refused", async () => {
  const tokens = Array.from({ length: 20 }, (_, index) => encryptFernet("x".repeat(index), key));
  for (const spelling of tokens.flatMap(respellings)) await expectRefused(spelling);
});

it("a wrong, short, long or missing key is refused like a wrong token", async () => {
  const token = encryptFernet(canary, key);
  for (const wrong of [randomBytes(32), key.subarray(0, 31), Buffer.concat([key, key]), Buffer.alloc(0), null])
    await expectRefused(token, wrong);
});

it("junk is refused without being quoted", async () => {
  for (const junk of ["", "=", "gAAA", canary, "%%%", "é".repeat(100), "A".repeat(100), `${"A".repeat(99)}☃`])
    await expectRefused(junk);
});

it("padding is checked to the byte, and what is not UTF-8 is refused", async () => {
  const block = (text: string, ...padding: number[]) => Buffer.concat([Buffer.from(text), Buffer.from(padding)]);
  expect(await owner.value(decrypt, signedToken(block("fourteen bytes", 2, 2)), key)).toBe("fourteen bytes");
  await expectRefused(signedToken(block("fourteen bytes", 1, 2)));
  await expectRefused(signedToken(block("fourteen bytes", 0, 0)));
  await expectRefused(signedToken(block("fifteen bytes !", 17)));
  await expectRefused(signedToken(block("fourteen bytes", 2, 255)));
  await expectRefused(signedToken(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.alloc(14, 14)])));
  await expectRefused(signedToken(Buffer.concat([Buffer.from("nul\0"), Buffer.alloc(12, 12)])));
});

it("null stays null", async () => {
  expect(await owner.value(decrypt, null, key)).toBeNull();
});

it("the planner does not open tokens: no plaintext stands in EXPLAIN", async () => {
  const token = encryptFernet(canary, key);
  const literal = `cloakroom_private.fernet_decrypt('${token}', '\\x${key.toString("hex")}')`;
  const { rows } = await owner.query(`explain (verbose) select ${literal}`);
  expect(JSON.stringify(rows)).not.toContain(canary);
});
