import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decryptFernet } from "../../../src/services/crypto/fernet.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { connectAsOwner, type OwnerConnection } from "../../support/owner-connection.js";

const seal = "cloakroom_private.seal($1, $2, $3)";
const unseal = "cloakroom_private.unseal($1, $2, $3)";
const key = randomBytes(32);
const [row, otherRow, column, otherColumn] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
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

it("a sealed value opens at its own place, in SQL and, as Fernet under the HMAC of the place, anywhere", async () => {
  const place = `cell:${row}:${column}`;
  const token = await owner.value(seal, "canary", key, place);
  expect(await owner.value(unseal, token, key, place)).toBe("canary");
  expect(decryptFernet(token, createHmac("sha256", key).update(place).digest())).toBe("canary");
});

it("a sealed value moved to another row, column or organization does not open", async () => {
  const token = await owner.value(seal, "canary", key, `cell:${row}:${column}`);
  const elsewhere: [Buffer, string][] = [
    [key, `cell:${otherRow}:${column}`],
    [key, `cell:${row}:${otherColumn}`],
    [key, `cell:${column}:${row}`],
    [randomBytes(32), `cell:${row}:${column}`],
  ];
  for (const [dataKey, place] of elsewhere)
    expect((await owner.failure(unseal, token, dataKey, place)).code).toBe("CR500");
});

it("nothing is sealed or opened without a whole key and a named place", async () => {
  const token = await owner.value(seal, "canary", key, "cell:1");
  const faulty: [Buffer | null, string | null][] = [
    [null, "cell:1"],
    [key.subarray(1), "cell:1"],
    [key, null],
    [key, ""],
  ];
  for (const [dataKey, place] of faulty) {
    expect((await owner.failure(seal, "canary", dataKey, place)).code).toBe("CR500");
    expect((await owner.failure(unseal, token, dataKey, place)).code).toBe("CR500");
  }
});

it("null stays null", async () => {
  expect(await owner.value(seal, null, key, "cell:1")).toBeNull();
  expect(await owner.value(unseal, null, key, "cell:1")).toBeNull();
});
