import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { type Someone, server } from "../support/stage.js";

interface Export {
  readonly user: object;
  readonly [part: string]: unknown;
}

export const accounts: Suite = (stage) => {
  const exported = async ({ caller }: Someone) => (await stage().call("export_account", {}, caller)) as Export;
  const remove = ({ caller }: Someone) => stage().call("delete_account", {}, caller);
  const stale = ({ sessionId }: Someone) =>
    stage().driver.admin.query(
      "update cloakroom.sessions set authenticated_at = now() - interval '1 hour' where id = $1",
      [sessionId],
    );
  /** Of a person about whom there is something of everything, with keys of all kinds in what they stored. */
  async function someoneKnown() {
    const someone = await stage().signIn(undefined, { name: "Zoë_Å", userAgent: 'Mozilla ("x")' });
    const organizationId = await stage().organizationOf(someone, {}, "Snake_and Son");
    await stage().call(
      "set_trait",
      { input: { name: "a_trait", value: { inner_key: [{ a_b: null }] } } },
      someone.caller,
    );
    await stage().call(
      "ingest_message",
      {
        chatGuid: `accounts;${someone.phone}`,
        mode: "DIRECT",
        sender: someone.phone,
        messageText: '{"message_text":"☃"}\n',
        sentAtSeconds: 1_760_000_000.25,
        participants: [someone.phone],
      },
      server,
    );
    return { someone, organizationId };
  }

  it("exports all that is known of a person, their own JSON untouched and their phone in full", async () => {
    const { someone, organizationId } = await someoneKnown();
    const everything = await exported(someone);
    expect(Object.keys(everything)).toEqual(
      "exportedAt user sessions traits onboarding memberships auditEvents conversations exports".split(" "),
    );
    expect(everything).toMatchObject({
      exportedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      user: { id: someone.userId, name: "Zoë_Å", phone: someone.phone },
      sessions: [{ id: someone.sessionId, revokedAt: null, rememberMe: false, userAgent: 'Mozilla ("x")' }],
      traits: [{ name: "a_trait", value: { inner_key: [{ a_b: null }] }, confidence: 1, source: "user" }],
      onboarding: null,
      memberships: [{ organization: "Personal" }, { organizationId, organization: "Snake_and Son", role: "OWNER" }],
      conversations: [{ mode: "DIRECT", messages: [{ isOwn: true, text: '{"message_text":"☃"}\n' }] }],
    });
    const event = { organizationId, action: "ORGANIZATION_CREATED", details: {}, ipAddress: "198.51.100.4" };
    expect((everything.auditEvents as object[]).at(-1)).toMatchObject(event);
    expect(everything.exports).toHaveLength(1);
    expect(JSON.stringify(await exported(stage().stranger))).not.toContain(someone.phone);
  });

  it("exports what was answered by the steps' own ids", async () => {
    const step = { id: "snake_step", question: "?", kind: "text", trait: "snake_trait", required: true, maxLength: 9 };
    const configure = (script: object) => stage().call("configure_onboarding", { script }, server);
    const someone = await stage().signIn();
    await configure({ steps: [step], summary: [] });
    await stage().call("answer_onboarding", { input: { step: "snake_step", answer: "a_b" } }, someone.caller);
    await configure({ steps: [], summary: [] });
    expect((await stage().call("person", {}, someone.caller)).onboarding).toBeNull();
    expect((await exported(someone)).onboarding).toMatchObject({ answers: { snake_step: "a_b" } });
  });

  it("exports an account five times an hour, and then says how many seconds to wait", async () => {
    const someone = await stage().signIn();
    const { database } = stage().driver;
    const ask = () => database.call("export_account", {}, someone.caller);
    const asked = await Promise.allSettled(Array.from({ length: 8 }, ask));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const refusal = await stage().refusal(ask());
    expect(refusal).toMatchObject({ sqlState: "CR429", detail: expect.stringMatching(/^\d+$/) });
    expect(Number(refusal.detail)).toBeGreaterThan(3000);
  });

  it("exports and deletes for a fresh code alone, where one is due", async () => {
    const someone = await stage().signIn();
    await stale(someone);
    await stage().setLimits({ reveal_max_auth_age_seconds: 300 });
    const refusals = [await stage().refusal(exported(someone)), await stage().refusal(remove(someone))];
    const fresh = await stage().signIn(someone.phone, { sessionId: someone.sessionId });
    const answered = await exported(fresh).finally(() => stage().setLimits({ reveal_max_auth_age_seconds: 0 }));
    expect(refusals).toMatchObject(Array(2).fill({ sqlState: "CR403", detail: "REAUTHENTICATE" }));
    expect(answered.user).toMatchObject({ id: someone.userId });
  });

  it("deletes an account with all that is of it alone; whoever comes with that phone is somebody new", async () => {
    const { someone, organizationId } = await someoneKnown();
    const second = await stage().signIn(someone.phone);
    expect(await remove(someone)).toBe(true);
    for (const { caller } of [someone, second]) {
      expect((await stage().refusal(stage().call("me", {}, caller))).sqlState).toBe("CR401");
      expect(await stage().call("session", {}, caller)).toEqual([]);
    }
    const refresh = stage().call("refresh_session", { refreshToken: second.refreshToken }, server);
    expect((await refresh).outcome).toBe("refused");
    const { rows } = await stage().driver.admin.query("select 1 from cloakroom.organizations where id = $1", [
      organizationId,
    ]);
    expect(rows).toEqual([]);
    const anew = await stage().signIn(someone.phone);
    expect(anew.userId).not.toBe(someone.userId);
    expect(await stage().call("person", {}, anew.caller)).toEqual({
      userTraits: [],
      traitProfile: null,
      onboarding: null,
    });
    expect(await stage().call("conversations", {}, anew.caller)).toEqual([]);
  });

  it("deletes no account whose organization would be left to others without an owner", async () => {
    const [someone, other] = [await stage().signIn(), await stage().signIn()];
    const organizationId = await stage().organizationOf(someone, { member: other });
    await stage().call("organizations", {}, other.caller);
    const refusal = await stage().refusal(remove(someone));
    expect(refusal).toMatchObject({ sqlState: "CR403", detail: null });
    expect(refusal.message).toMatch(/^You are the last owner/);
    expect((await stage().call("me", {}, someone.caller)).id).toBe(someone.userId);
    expect(await remove(other)).toBe(true);
    const left = await stage().call("members", { organizationIds: [organizationId] }, someone.caller);
    expect(left.map(({ userId }) => userId)).toEqual([someone.userId]);
    const [event] = await stage().call("audit_events", { organizationId, first: 1 }, someone.caller);
    expect(event).toMatchObject({ action: "MEMBER_REMOVED", actorId: other.userId, actorName: null });
    expect(await stage().call("verify_audit_log", { organizationId }, someone.caller)).toMatchObject({ valid: true });
  });

  it("deletes an account once, of twenty times at once", async () => {
    const someone = await stage().signIn();
    const { database } = stage().driver;
    const ask = () => database.call("delete_account", {}, someone.caller);
    const asked = await Promise.allSettled(Array.from({ length: 20 }, ask));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const states = asked.flatMap((one) => (one.status === "rejected" ? [one.reason.sqlState] : []));
    expect(states).toEqual(Array(19).fill("CR401"));
  });

  it("exports and deletes nobody without a session", async () => {
    for (const ask of [exported, remove]) expect((await stage().refusal(ask(stage().gone))).sqlState).toBe("CR401");
    const again = await stage().signIn(stage().gone.phone);
    expect(again.userId).toBe(stage().gone.userId);
  });
};
