import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decryptFernet } from "../../../src/services/crypto/fernet.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { awkwardTexts, fernetSpec, otherDecrypt, specKey } from "../../support/fernet-spec.js";
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

it.each(fernetSpec.generate)("SQL makes byte for byte the token of the specification: $src", async (vector) => {
  const issuedAt = new Date(vector.now).getTime() / 1000;
  const args = [Buffer.from(vector.src), specKey(vector.secret), Buffer.from(vector.iv), issuedAt];
  expect(await owner.value("cloakroom_private.fernet_token($1, $2, $3, $4)", ...args)).toBe(vector.token);
});

it.each(awkwardTexts)("what SQL encrypts, TypeScript and npm fernet decrypt: text %#", async (text) => {
  const key = randomBytes(32);
  const token = await owner.value("cloakroom_private.fernet_encrypt($1, $2)", text, key);
  expect(decryptFernet(token, key, { ttlSeconds: 60 })).toBe(text);
  expect(otherDecrypt(token, key)).toBe(text);
});

it("no two tokens of one text are alike", async () => {
  const key = randomBytes(32);
  const tokens = await owner.value<string[]>(
    "array(select cloakroom_private.fernet_encrypt('same', $1) from generate_series(1, 100))",
    key,
  );
  expect(new Set(tokens).size).toBe(100);
});

it("a key or an iv of another length is refused, where pgcrypto would pad it in silence", async () => {
  for (const length of [0, 16, 31, 33, 64]) {
    const error = await owner.failure("cloakroom_private.fernet_encrypt('canary', $1)", randomBytes(length));
    expect(error.code).toBe("CR500");
  }
  const short = await owner.failure("cloakroom_private.fernet_token('x', $1, $2, 0)", randomBytes(32), randomBytes(15));
  expect(short.code).toBe("CR500");
  expect((await owner.failure("cloakroom_private.fernet_encrypt('canary', null)")).code).toBe("CR500");
});

it("null stays null", async () => {
  expect(await owner.value("cloakroom_private.fernet_encrypt(null, $1)", randomBytes(32))).toBeNull();
});
