import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refuseLoginRole, refuseTransactionPooler } from "../../src/database/session-address.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

/** A pooler's own part is in test/system/pooler-migration.test.ts, with a real one. */
describe("an address to migrate with", () => {
  let test: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    test = await createTestDatabase();
    client = new pg.Client(test.adminUrl);
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await test.drop();
  });

  it("is refused where it names the role that answers requests, with a pooler's tenant or without", () => {
    for (const user of ["cloakroom_server", "cloakroom_server.abcdefgh", "cloakroom%5Fserver"])
      expect(() => refuseLoginRole(`postgres://${user}:secret@localhost/db`)).toThrow(
        /^The address to migrate with names/,
      );
    for (const user of ["postgres", "postgres.abcdefgh", "cloakroom_server_owner"])
      expect(() => refuseLoginRole(`postgres://${user}@localhost/db`)).not.toThrow();
  });

  it("is taken where each connection is a session of its own, and where there is but one to be had", async () => {
    await expect(refuseTransactionPooler(client, test.adminUrl)).resolves.toBeUndefined();
    await expect(refuseTransactionPooler(client, "postgres://nobody@127.0.0.1:1/db")).resolves.toBeUndefined();
  });

  it("is refused where a connection moves from one session to another, without a word of the address", async () => {
    const moving = { query: () => Promise.resolve({ rows: [{ pid: Math.random() }] }) };
    await expect(refuseTransactionPooler(moving as unknown as pg.Client, test.adminUrl)).rejects.toThrow(
      /^The address to migrate with is a pooler in transaction mode: set DATABASE_MIGRATION_URL to Postgres itself, or to a pooler in session mode\.$/,
    );
  });
});
