import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf, server, signedInCaller } from "../../support/callers.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";

interface Account {
  readonly connectedAt: string;
  readonly credentials: {
    readonly name: string;
    readonly token: string;
    readonly salt: string;
    readonly updatedAt: string;
  }[];
  readonly thread: object | null;
}

const hashOf = (name: string) => createHash("sha256").update(name).digest("hex");
const credential = (name: string, token = "token") => ({ name, token, salt: "salt" });

describe("connect", () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const connect = (session: string, credentials: object[]) =>
    test.database.call("connect", { userIdentifierHash: hashOf(session), credentials }, server) as Promise<Account>;
  const connected = async (session: string) =>
    (
      (await test.database.call("connected_account", { userIdentifierHash: hashOf(session) }, server)) as Account[]
    )[0] ?? null;

  it("answers all credentials of the session by name, and a new value replaces the old", async () => {
    await connect("a", [credential("b"), credential(" a ")]);
    const account = await connect("a", [credential("b", "newer"), credential("Z")]);
    expect(account.credentials.map(({ name, token }) => [name, token])).toEqual([
      ["Z", "token"],
      ["a", "token"],
      ["b", "newer"],
    ]);
    expect(account.thread).toBeNull();
    expect(await connected("a")).toEqual(account);
  });

  it("keeps the time of the first connection, and shows nothing of another session", async () => {
    const first = await connect("times", [credential("a")]);
    const second = await connect("times", [credential("a")]);
    expect(second.connectedAt).toBe(first.connectedAt);
    expect(second.credentials[0]?.updatedAt).not.toBe(first.credentials[0]?.updatedAt);
    expect(await connected("someone else")).toBeNull();
  });

  it("loses no credential of two calls at once", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `name-${index}`);
    await Promise.all(names.map((name) => connect("race", [credential(name), credential("shared")])));
    expect((await connected("race"))?.credentials).toHaveLength(21);
  });

  it("refuses an empty list, an empty or long name, and a name that stands twice", async () => {
    const cases: [object[], string][] = [
      [[], "input.credentials"],
      [[credential(" ")], "input.credentials.0.name"],
      [[credential("a"), credential("x".repeat(201))], "input.credentials.1.name"],
      [[credential("a"), credential("b"), credential(" a")], "input.credentials.2.name"],
    ];
    for (const [credentials, field] of cases)
      expect(await refusalOf(connect("refused", credentials))).toMatchObject({ sqlState: "CR422", detail: field });
    expect(await connected("refused")).toBeNull();
  });

  it("keeps fifty credentials, refuses the fifty-first and stores nothing of that call", async () => {
    const fifty = Array.from({ length: 50 }, (_, index) => credential(`name-${index}`));
    await connect("fifty", fifty);
    await connect("fifty", [credential("name-7", "newer")]);
    const refusal = await refusalOf(connect("fifty", [credential("name-8", "lost"), credential("one more")]));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: "input.credentials" });
    const tokens = (await connected("fifty"))?.credentials.map(({ token }) => token);
    expect(tokens).toHaveLength(50);
    expect(tokens).not.toContain("lost");
  });

  it("is not for users", async () => {
    const user = await signedInCaller(test.database, "+14155550177");
    const args = { userIdentifierHash: hashOf("a"), credentials: [credential("a")] };
    for (const fn of ["connect", "connected_account"] as const)
      expect(
        (await refusalOf(test.database.call(fn, fn === "connect" ? args : { userIdentifierHash: hashOf("a") }, user)))
          .sqlState,
      ).toBe("42501");
  });
});
