import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

describe("refreshSession", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  const refresh = async (refreshToken: string) => (await requests.refreshSession({ refreshToken })).data.refreshSession;
  const passTime = () =>
    server.admin.query("update cloakroom.refresh_tokens set rotated_at = rotated_at - interval '11 seconds'");

  test("answers new tokens of the same session and user, and both work", async () => {
    const person = await server.signIn();
    const { data, errors } = await requests.refreshSession({ refreshToken: person.refreshToken });
    expect(errors).toEqual([]);
    const { accessToken, refreshToken, session, user } = data.refreshSession;
    expect([session.id, user.id, session.current]).toEqual([person.sessionId, person.userId, true]);
    expect(user.organizations.map(({ id }) => id)).toEqual([person.organizationId]);
    expect((await requests.me({ token: accessToken })).data.me.id).toBe(person.userId);
    expect((await refresh(refreshToken)).session.id).toBe(person.sessionId);
  });

  test("a lost answer is given again: the same successor", async () => {
    const { refreshToken } = await server.signIn();
    const first = await refresh(refreshToken);
    await passTime();
    expect((await refresh(refreshToken)).refreshToken).toBe(first.refreshToken);
  });

  test("many at once get one successor", async () => {
    const { refreshToken } = await server.signIn();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
  });

  test("twenty at once, over two servers, leave one live branch", async () => {
    const replica = requestsOf({ ...server, ...(await server.startReplica()) });
    const { refreshToken, sessionId } = await server.signIn();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? replica : requests).refreshSession({ refreshToken })),
    );
    const tokens = new Set(answers.map(({ data }) => data.refreshSession.refreshToken));
    expect(tokens.size).toBe(1);
    const { rows } = await server.admin.query(
      "select count(*)::integer as all, count(*) filter (where rotated_at is null)::integer as live from cloakroom.refresh_tokens where session_id = $1",
      [sessionId],
    );
    expect(rows).toEqual([{ all: 2, live: 1 }]);
    const [successor = ""] = tokens;
    expect((await refresh(successor)).session.id).toBe(sessionId);
  });

  test("works after a restart, and a lost answer is still given again", async () => {
    const { refreshToken, sessionId } = await server.signIn();
    const first = await refresh(refreshToken);
    await passTime();
    const restarted = requestsOf({ ...server, ...(await server.startReplica()) });
    const again = await restarted.refreshSession({ refreshToken });
    expect(again.data.refreshSession.refreshToken).toBe(first.refreshToken);
    const next = await restarted.refreshSession({ refreshToken: first.refreshToken });
    expect(next.data.refreshSession.session.id).toBe(sessionId);
  });

  test("descendants of a token that was reused are refused at once, access tokens too, on every server", async () => {
    const replica = requestsOf({ ...server, ...(await server.startReplica()) });
    const person = await server.signIn();
    const second = await refresh(person.refreshToken);
    const third = await refresh(second.refreshToken);
    await passTime();
    await requests.refreshSession({ refreshToken: person.refreshToken });
    for (const { refreshToken } of [second, third])
      expect((await replica.refreshSession({ refreshToken })).code).toBe("UNAUTHENTICATED");
    for (const { accessToken } of [second, third])
      expect((await replica.me({ token: accessToken })).code).toBe("UNAUTHENTICATED");
  });

  test("a token that was rotated away longer ago ends the session, access token and all", async () => {
    const person = await server.signIn();
    const second = await refresh(person.refreshToken);
    const third = await refresh(second.refreshToken);
    await passTime();
    expect((await requests.refreshSession({ refreshToken: person.refreshToken })).code).toBe("UNAUTHENTICATED");
    expect((await requests.refreshSession({ refreshToken: third.refreshToken })).code).toBe("UNAUTHENTICATED");
    expect((await requests.me({ token: third.accessToken })).code).toBe("UNAUTHENTICATED");
    expect((await requests.session({ token: third.accessToken })).data.session).toBeNull();
  });

  test("unknown, malformed, missing, reused and revoked tokens get one answer", async () => {
    const reused = await server.signIn();
    await refresh((await refresh(reused.refreshToken)).refreshToken);
    await passTime();
    const revoked = await server.signIn();
    await requests.revokeSession(null, { token: revoked.token });
    const tokens = [
      "A".repeat(43),
      `${"A".repeat(42)}B`,
      "",
      "x",
      "A".repeat(100_000),
      "' or 1=1 --",
      null,
      reused.refreshToken,
      revoked.refreshToken,
      `${revoked.refreshToken}=`,
      revoked.token,
    ];
    const answers = await Promise.all(tokens.map((refreshToken) => requests.refreshSession({ refreshToken })));
    answers.push(await requests.refreshSession(undefined), await requests.refreshSession({}));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.code).toBe("UNAUTHENTICATED");
  });

  test("leaks no token into log or tables", async () => {
    const { refreshToken } = await server.signIn();
    const second = await refresh(refreshToken);
    const tokens = [refreshToken, second.refreshToken, second.accessToken];
    expect(canariesIn(server.output(), tokens)).toEqual([]);
    expect(canariesIn(await tableDump(server.admin), tokens)).toEqual([]);
  });
});
