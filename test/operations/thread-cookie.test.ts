import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserOf } from "../support/browser.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

const connection = `mutation($name: String!, $useCookies: Boolean = true) {
  connect(input: { credentials: [{ name: $name, value: "of-a-browser" }], useCookies: $useCookies }) {
    threadSession account { credentials { name } }
  }
}`;
const account = "{ connectedAccount { credentials { name } thread { currentDay } } }";
const saving = "mutation { saveThread(input: { currentDay: 3 }) { currentDay } }";
const disconnection = (forget: boolean) =>
  `mutation { disconnect(input: { forgetThread: ${forget} }) { disconnected } }`;

interface Connected {
  connect: { threadSession: string | null; account: { credentials: { name: string }[] } };
}
interface Account {
  connectedAccount: { credentials: { name: string }[]; thread: { currentDay: number } | null } | null;
}

describe("a thread session in a cookie", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.close());

  it("is in no answer, lasts, and is all that queries and mutations need beside x-csrf-token", async () => {
    const browser = browserOf(server);
    const { data } = await browser.bare<Connected>(connection, { name: "a" });
    expect(data.connect.threadSession).toBeNull();
    const { value = "", attributes } = browser.cookies.get("cloakroom-thread") ?? {};
    expect(value).toMatch(/^[\w-]{43}$/);
    expect(attributes).toEqual(["path=/", "httponly", "samesite=lax", "max-age=34560000"]);
    expect((await browser.bare<Account>(account)).data.connectedAccount?.credentials).toEqual([{ name: "a" }]);
    const more = await browser.ask<Connected>(connection, { name: "b" });
    expect(more.data.connect.account.credentials).toEqual([{ name: "a" }, { name: "b" }]);
    expect(browser.cookies.get("cloakroom-thread")?.value).toBe(value);
    expect((await browser.ask(saving)).code).toBeNull();
    expect(canariesIn(await tableDump(server.admin), [value])).toEqual([]);
    expect(canariesIn(server.output(), [value])).toEqual([]);
  });

  it("stays while progress does, and goes with it", async () => {
    const browser = browserOf(server);
    await browser.bare(connection, { name: "a" });
    await browser.ask(saving);
    await browser.ask(disconnection(false));
    expect(browser.cookies.has("cloakroom-thread")).toBe(true);
    await browser.ask(connection, { name: "a" });
    expect((await browser.bare<Account>(account)).data.connectedAccount?.thread?.currentDay).toBe(3);
    const gone = await browser.ask(disconnection(true));
    expect(gone.headers.getSetCookie()).toEqual(["cloakroom-thread=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"]);
    expect((await browser.bare<Account>(account)).data.connectedAccount).toBeNull();
  });

  it("takes over one that was kept elsewhere; a header that is sent beside it goes first", async () => {
    const opened = await server.graphql<Connected>(connection, { name: "a", useCookies: false });
    const session = opened.data.connect.threadSession ?? "";
    const browser = browserOf(server);
    await browser.bare(connection, { name: "b" }, { "x-thread-session": session });
    expect(browser.cookies.get("cloakroom-thread")?.value).toBe(session);
    expect((await browser.bare<Account>(account)).data.connectedAccount?.credentials).toHaveLength(2);
    const other = { "x-thread-session": "A".repeat(43) };
    expect((await browser.bare<Account>(account, {}, other)).data.connectedAccount).toBeNull();
    expect((await browser.bare(disconnection(true), {}, other)).code).toBeNull();
    expect((await browser.bare<Account>(account)).data.connectedAccount?.credentials).toHaveLength(2);
  });

  it("in a form that no thread session has is as none", async () => {
    for (const value of ["short", "A".repeat(44), "", '"x"', `${"A".repeat(42)}.`]) {
      const headers = { cookie: `cloakroom-thread=${value}` };
      expect((await server.graphql<Account>(account, {}, { headers })).data.connectedAccount).toBeNull();
      expect((await server.graphql(saving, {}, { headers })).code).toBe("UNAUTHENTICATED");
      const { data } = await server.graphql<Connected>(connection, { name: "a", useCookies: false }, { headers });
      expect(data.connect.threadSession).toMatch(/^[\w-]{43}$/);
    }
  });
});
