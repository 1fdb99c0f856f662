import { createHash, hkdfSync } from "node:crypto";
import fernet from "fernet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createThreadFallback } from "../../src/services/thread-fallback.js";
import { createThreads } from "../../src/services/threads.js";
import { server } from "../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

const salt = "a database salt of forty characters 0123";
const credentials = [
  { name: "api_key", value: "canary-api-key-11f0" },
  { name: "bearer_token", value: "canary-bearer-22e1-ünïcødé" },
];
const thread = {
  threadUrl: "https://example.com/canary-thread-33d2",
  currentDay: 2,
  progress: { note: "canary-note-44c3" },
};

describe("what a thread session seals", () => {
  let test: TestDatabase;
  let threads: ReturnType<typeof createThreads>;
  let session = "";
  beforeAll(async () => {
    test = await createTestDatabase();
    const fallback = await createThreadFallback(null, salt);
    const failures = { note: () => undefined };
    threads = createThreads({ database: test.database, databaseSalt: salt, fallback, failures });
    session = (await threads.connect(server, null, { credentials })).threadSession ?? "";
    await threads.saveThread(server, session, thread);
  });
  afterAll(() => test.drop());

  it("is found by SHA-256 over session and salt, and opens for npm fernet under HKDF-SHA256 of the session", async () => {
    expect(session).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const { rows } = await test.admin.query<{ name: string; token: string; salt: string }>(
      "select name, token, salt from cloakroom.thread_credentials where user_identifier_hash = $1 order by name",
      [
        createHash("sha256")
          .update(session + salt)
          .digest("hex"),
      ],
    );
    const opened = rows.map((row) => {
      const bytes = Buffer.from(session, "base64url");
      const key = Buffer.from(hkdfSync("sha256", bytes, Buffer.from(row.salt, "base64url"), "cloakroom thread", 32));
      const secret = new fernet.Secret(key.toString("base64").replaceAll("+", "-").replaceAll("/", "_"));
      return { name: row.name, value: new fernet.Token({ secret, token: row.token, ttl: 0 }).decode() };
    });
    expect(opened).toEqual(credentials);
    expect(new Set(rows.map((row) => row.salt)).size).toBe(2);
  });

  it("is nowhere readable in the database, and neither is the session", async () => {
    const values = credentials.map(({ value }) => value);
    const dump = await tableDump(test.admin);
    expect(dump).toContain("api_key");
    expect(canariesIn(dump, [...values, session, thread.threadUrl, thread.progress.note])).toEqual([]);
  });

  it("does not open for another session, even where its rows are given to it", async () => {
    const other =
      (await threads.connect(server, null, { credentials: [{ name: "api_key", value: "mine" }] })).threadSession ?? "";
    await test.admin.query(
      `update cloakroom.thread_credentials t set token = s.token, salt = s.salt from cloakroom.thread_credentials s
       where t.user_identifier_hash = $1 and t.name = s.name and s.user_identifier_hash <> $1`,
      [
        createHash("sha256")
          .update(other + salt)
          .digest("hex"),
      ],
    );
    const opening = threads.connectedAccount(server, other);
    await expect(opening).rejects.toMatchObject({ code: "INTERNAL_SERVER_ERROR" });
    await expect(opening).rejects.not.toThrow(/canary|gAAAA/);
  });

  it("comes back as it was", async () => {
    expect(await threads.connectedAccount(server, session)).toMatchObject({ credentials, thread, durable: true });
  });
});
