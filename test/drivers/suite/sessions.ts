import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound, server } from "../support/stage.js";

export const sessions: Suite = (stage) => {
  const endedOf = async (call: Promise<unknown>) => (await stage().refusal(call)).sqlState;
  const refresh = (refreshToken: string) => stage().call("refresh_session", { refreshToken }, server);

  it("shows a person to themselves", async () => {
    const { owner } = stage();
    const profile = await stage().call("me", {}, owner.caller);
    expect(profile).toMatchObject({ id: owner.userId, name: "Olga Owner" });
    expect(Object.keys(profile).sort()).toEqual(["createdAt", "id", "name", "phone"]);
  });

  it("lists a person's live sessions, the newest first, and says which one asks", async () => {
    const first = await stage().signIn();
    const second = await stage().signIn(first.phone, { userAgent: "second" });
    const listed = await stage().call("sessions", {}, first.caller);
    expect(listed.map(({ id, current, userAgent }) => [id, current, userAgent])).toEqual([
      [second.sessionId, false, "second"],
      [first.sessionId, true, null],
    ]);
    expect(await stage().call("session", {}, second.caller)).toMatchObject([{ id: second.sessionId, current: true }]);
  });

  it("ends a session by its id, and the one that asks where none is named", async () => {
    const first = await stage().signIn();
    const second = await stage().signIn(first.phone);
    expect(await stage().call("revoke_session", { sessionId: second.sessionId }, first.caller)).toBe(true);
    expect(await endedOf(stage().call("me", {}, second.caller))).toBe("CR401");
    expect(await stage().call("session", {}, second.caller)).toEqual([]);
    expect(await stage().call("revoke_session", { sessionId: null }, first.caller)).toBe(true);
    expect(await endedOf(stage().call("sessions", {}, first.caller))).toBe("CR401");
    expect((await refresh(first.refreshToken)).outcome).toBe("refused");
  });

  it("ends all other live sessions of a person, or all, and says how many", async () => {
    const first = await stage().signIn();
    const others = [await stage().signIn(first.phone), await stage().signIn(first.phone)];
    const end = (args: { includeCurrent?: boolean }) => stage().call("revoke_all_sessions", args, first.caller);
    expect(await end({})).toBe(2);
    expect(await end({ includeCurrent: false })).toBe(0);
    for (const { caller, refreshToken } of others) {
      expect(await endedOf(stage().call("me", {}, caller))).toBe("CR401");
      expect((await refresh(refreshToken)).outcome).toBe("refused");
    }
    expect(await endedOf(end({ includeCurrent: "canary" as never }))).toBe("22P02");
    expect(await stage().call("sessions", {}, first.caller)).toHaveLength(1);
    expect(await stage().call("session", {}, stage().stranger.caller)).toHaveLength(1);
    expect(await end({ includeCurrent: true })).toBe(1);
    expect(await endedOf(end({ includeCurrent: true }))).toBe("CR401");
  });

  it("goes on with the session that a fresh code of the same person names, under another refresh token", async () => {
    const first = await stage().signIn(stage().nextPhone(), { rememberMe: true });
    const again = await stage().signIn(first.phone, { sessionId: first.sessionId });
    expect([again.sessionId, again.userId]).toEqual([first.sessionId, first.userId]);
    expect(again.refreshToken).not.toBe(first.refreshToken);
    expect((await refresh(first.refreshToken)).refreshToken).toBe(again.refreshToken);
    expect(await stage().call("sessions", {}, first.caller)).toMatchObject([{ rememberMe: true, current: true }]);
  });

  it("begins a session where the named one is another's, has ended or is none", async () => {
    const { stranger, gone } = stage();
    for (const sessionId of [stranger.sessionId, gone.sessionId, nobodysId, null]) {
      const someone = await stage().signIn(stage().nextPhone(), { sessionId });
      expect(someone.sessionId).not.toBe(sessionId);
    }
    expect(await endedOf(stage().call("me", {}, gone.caller))).toBe("CR401");
  });

  it("knows another's session no better than one that is none", async () => {
    const { owner, stranger } = stage();
    for (const sessionId of [stranger.sessionId, nobodysId, "none", ""])
      expect(await stage().refusal(stage().call("revoke_session", { sessionId }, owner.caller))).toEqual(notFound);
    expect(await stage().call("session", {}, stranger.caller)).toHaveLength(1);
  });

  it("takes a token for another's session, or for nobody's, as no session", async () => {
    const { owner, stranger, driver } = stage();
    const forged = [
      { sub: owner.userId, session_id: stranger.sessionId },
      { sub: stranger.userId, session_id: owner.sessionId },
      { sub: owner.userId, session_id: nobodysId },
      { sub: owner.userId },
    ].map((issued) => {
      const claims = { ...issued, role: "authenticated", aud: "authenticated" };
      return { ...owner.caller, claims, accessToken: driver.mint(claims) };
    });
    for (const caller of forged) {
      expect(await endedOf(stage().call("me", {}, caller))).toBe("CR401");
      expect(await stage().call("session", {}, caller)).toEqual([]);
    }
  });

  it("ends a session when its time is over", async () => {
    const someone = await stage().signIn();
    await stage().driver.admin.query("update cloakroom.sessions set expires_at = now() where id = $1", [
      someone.sessionId,
    ]);
    expect(await endedOf(stage().call("me", {}, someone.caller))).toBe("CR401");
    expect((await refresh(someone.refreshToken)).outcome).toBe("refused");
  });

  it("rotates a refresh token, and gives a lost answer again", async () => {
    const someone = await stage().signIn(stage().nextPhone(), { rememberMe: true });
    const answer = await refresh(someone.refreshToken);
    expect(answer).toMatchObject({
      outcome: "refreshed",
      session: { id: someone.sessionId, rememberMe: true, current: true },
      profile: { id: someone.userId },
    });
    expect(answer.refreshToken).not.toBe(someone.refreshToken);
    expect((await refresh(someone.refreshToken)).refreshToken).toBe(answer.refreshToken);
  });

  it("ends the session of a refresh token that comes back long after it was rotated", async () => {
    const someone = await stage().signIn();
    const successor = (await refresh(someone.refreshToken)).refreshToken ?? "";
    await refresh(successor);
    await stage().driver.admin.query(
      "update cloakroom.refresh_tokens set rotated_at = rotated_at - interval '1 hour' where session_id = $1",
      [someone.sessionId],
    );
    expect(await refresh(someone.refreshToken)).toEqual({
      outcome: "reused",
      refreshToken: null,
      session: null,
      profile: null,
    });
    expect(await endedOf(stage().call("me", {}, someone.caller))).toBe("CR401");
  });

  it("refuses a refresh token that it never gave", async () => {
    for (const token of ["", "none", "A".repeat(43)]) expect((await refresh(token)).outcome).toBe("refused");
  });
};
