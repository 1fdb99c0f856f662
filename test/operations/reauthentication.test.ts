import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserOf, confirmation } from "../support/browser.js";
import { type Requests, requestsOf } from "../support/requests.js";
import { newPhone, type Person, startTestServer, type TestServer } from "../support/server.js";

const reveal = "mutation($input: RevealCellInput!) { revealCell(input: $input) { value } }";

describe("where reveals need a recent code", () => {
  let server: TestServer;
  let requests: Requests;
  let owner: Person;
  let cell: { rowId: string; columnId: string };
  beforeAll(async () => {
    server = await startTestServer({
      REVEAL_MAX_AUTH_AGE_SECONDS: "300",
      OTP_RESEND_SECONDS: "0",
      OTP_PER_PHONE_PER_HOUR: "1000",
    });
    requests = requestsOf(server);
    owner = await server.signIn();
    cell = await sealedCell(owner);
  });
  afterAll(() => server?.close());

  async function sealedCell({ token, organizationId }: Person, name = "Cards") {
    const columns = [{ name: "card", type: "TEXT", sensitive: true }];
    const { data } = await server.graphql<{ createTable: { id: string; columns: [{ id: string }] } }>(
      "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
      { input: { organizationId, name, columns } },
      { token },
    );
    const columnId = data.createTable.columns[0].id;
    const added = await server.graphql<{ addRows: [{ id: string }] }>(
      "mutation($input: AddRowsInput!) { addRows(input: $input) { id } }",
      { input: { tableId: data.createTable.id, rows: [{ [columnId]: "the value" }] } },
      { token },
    );
    return { rowId: added.data.addRows[0].id, columnId };
  }
  const age = ({ sessionId }: { sessionId: string }, seconds = 301) =>
    server.admin.query("update cloakroom.sessions set authenticated_at = now() - $2 * interval '1 s' where id = $1", [
      sessionId,
      seconds,
    ]);
  const revealAs = (token: string) =>
    server.graphql<{ revealCell: { value: string } }>(reveal, { input: cell }, { token });
  async function confirm(person: Person, input: object = {}) {
    await requests.startVerification({ phone: person.phone });
    const code = server.codeOf(person.phone);
    return requests.confirmVerification({ phone: person.phone, code, ...input }, { token: person.token });
  }
  const eventsOf = async (action: string) =>
    (await server.admin.query("select from cloakroom.audit_events where action = $1", [action])).rowCount;

  test("a session whose code is older gets FORBIDDEN with the reason, and neither value nor event", async () => {
    const person = await server.signIn(owner.phone);
    expect((await revealAs(person.token)).data.revealCell.value).toBe("the value");
    await age(person, 299);
    expect((await revealAs(person.token)).code).toBeNull();
    await age(person);
    const before = [await eventsOf("CELL_REVEALED"), await eventsOf("REVEAL_DENIED")];
    const { data, errors } = await revealAs(person.token);
    expect([data, errors[0]?.extensions]).toEqual([null, { code: "FORBIDDEN", reason: "REAUTHENTICATE" }]);
    expect([await eventsOf("CELL_REVEALED"), await eventsOf("REVEAL_DENIED")]).toEqual(before);
  });

  test("a fresh code on the same session lets the client replay it, with the old access token and the new one", async () => {
    const person = await server.signIn(owner.phone, { rememberMe: true });
    await age(person);
    const before = (await requests.session({ token: person.token })).data.session;
    const { data } = await confirm(person);
    const { session, accessToken, refreshToken } = data.confirmVerification;
    expect([session.id, session.expiresAt, session.rememberMe]).toEqual([person.sessionId, before?.expiresAt, true]);
    for (const token of [person.token, accessToken])
      expect((await revealAs(token)).data.revealCell.value).toBe("the value");
    expect((await requests.refreshSession({ refreshToken })).data.refreshSession.session.id).toBe(person.sessionId);
  });

  test("refreshing a session makes no code younger", async () => {
    const person = await server.signIn(owner.phone);
    await age(person);
    const { data } = await requests.refreshSession({ refreshToken: person.refreshToken });
    expect((await revealAs(data.refreshSession.accessToken)).errors[0]?.extensions?.reason).toBe("REAUTHENTICATE");
  });

  test("a fresh code on another session of the same person leaves this one as old as it is", async () => {
    const person = await server.signIn(owner.phone);
    await age(person);
    const other = await server.signIn(owner.phone);
    expect(other.sessionId).not.toBe(person.sessionId);
    expect((await revealAs(other.token)).code).toBeNull();
    expect((await revealAs(person.token)).errors[0]?.extensions?.reason).toBe("REAUTHENTICATE");
  });

  test("a wrong code, and the right one of somebody else, change nothing of the session", async () => {
    const person = await server.signIn(owner.phone);
    await age(person);
    await requests.startVerification({ phone: person.phone });
    const wrong = String((Number(server.codeOf(person.phone)) + 1) % 1_000_000).padStart(6, "0");
    const as = { token: person.token };
    expect((await requests.confirmVerification({ phone: person.phone, code: wrong }, as)).code).toBe("INVALID_CODE");
    const phone = newPhone();
    await requests.startVerification({ phone });
    const { data } = await requests.confirmVerification({ phone, code: server.codeOf(phone) }, as);
    expect(data.confirmVerification.session.id).not.toBe(person.sessionId);
    expect(data.confirmVerification.user.id).not.toBe(person.userId);
    expect((await revealAs(person.token)).errors[0]?.extensions?.reason).toBe("REAUTHENTICATE");
  });

  test("a session that has ended is not revived: the code begins another", async () => {
    const person = await server.signIn(owner.phone);
    await requests.revokeSession(null, { token: person.token });
    const { data } = await confirm(person);
    expect(data.confirmVerification.session.id).not.toBe(person.sessionId);
    expect((await requests.me({ token: person.token })).code).toBe("UNAUTHENTICATED");
  });

  test("strangers and viewers get the answers that they always get, and the viewer's is on record", async () => {
    const [stranger, viewer] = [await server.signIn(), await server.signInMember(owner, "VIEWER")];
    await Promise.all([stranger, viewer].map((person) => age(person)));
    expect((await revealAs(stranger.token)).code).toBe("NOT_FOUND");
    const before = (await eventsOf("REVEAL_DENIED")) ?? 0;
    const { errors } = await revealAs(viewer.token);
    expect(errors[0]?.extensions).toEqual({ code: "FORBIDDEN" });
    expect(await eventsOf("REVEAL_DENIED")).toBe(before + 1);
  });

  test("unsealing a column, which reveals all of it, needs one too", async () => {
    const person = await server.signIn(owner.phone);
    const { columnId } = await sealedCell({ ...person, organizationId: owner.organizationId }, "Unsealed");
    const unseal = () =>
      server.graphql<{ updateColumn: { sensitive: boolean } }>(
        "mutation($input: UpdateColumnInput!) { updateColumn(input: $input) { sensitive } }",
        { input: { id: columnId, sensitive: false, unseal: true } },
        { token: person.token },
      );
    await age(person);
    expect((await unseal()).errors[0]?.extensions).toEqual({ code: "FORBIDDEN", reason: "REAUTHENTICATE" });
    expect(await eventsOf("COLUMN_UNSEALED")).toBe(0);
    await confirm(person);
    expect((await unseal()).code).toBeNull();
    expect(await eventsOf("COLUMN_UNSEALED")).toBe(1);
  });

  test("a browser does the same with its cookies", async () => {
    const browser = browserOf(server);
    const { data } = await browser.signIn(owner.phone);
    const sessionId = data.confirmVerification.session.id;
    await age({ sessionId });
    expect((await browser.ask(reveal, { input: cell })).errors[0]?.extensions?.reason).toBe("REAUTHENTICATE");
    const code = await browser.startVerification(owner.phone);
    const input = { phone: owner.phone, code, useCookies: true };
    const again = await browser.ask<{ confirmVerification: { session: { id: string } } }>(confirmation, { input });
    expect(again.data.confirmVerification.session.id).toBe(sessionId);
    const revealed = await browser.ask<{ revealCell: { value: string } }>(reveal, { input: cell });
    expect(revealed.data.revealCell.value).toBe("the value");
  });
});

describe("where nothing is set", () => {
  test("a code of any age will do", async () => {
    const server = await startTestServer();
    const { rows } = await server.admin.query(
      "select reveal_max_auth_age_seconds as seconds, session_idle_days as days from cloakroom.settings",
    );
    expect(rows).toEqual([{ seconds: 0, days: 30 }]);
    await server.close();
  });
});
