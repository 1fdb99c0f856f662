import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { callIn, type DirectAccess, openDirectAccess } from "../support/direct-caller.js";
import { makePremises, type Premises } from "../support/direct-stage.js";
import { call, type DatabasePerson, memberOf, server } from "../support/people.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";
import { authenticatorUrl } from "../support/supabase-peer-role.js";

type Arguments = Record<string, unknown>;
interface Answer extends Record<string, unknown> {
  readonly recorded_event_id: string | null;
}

/**
 * Of whoever holds the service key, too, PostgREST takes a `select` and filters that fail once the function has
 * answered: what each function hands out that promises an event must not be in an answer that can still be undone.
 */
describe("holders of the service key who have their own call undone", () => {
  let test: TestDatabase;
  let access: DirectAccess;
  let loginUrl: string;
  let peer: SupabasePeer;
  let own: Premises;
  let member: DatabasePerson;
  beforeAll(async () => {
    test = await createTestDatabase();
    own = await makePremises(test.database, "own-canary");
    member = await memberOf(test.database, own.owner, "MEMBER");
    access = await openDirectAccess(test);
    loginUrl = await authenticatorUrl(test.adminUrl);
    peer = await startSupabasePeer(loginUrl);
  });
  afterAll(async () => {
    await peer?.close();
    await access?.end();
    await test?.drop();
  });

  /** Each with the attribute of its answer that is in the open. */
  const secretIn = {
    take_provider_key: "api_key",
    open_integration_use: "access_token",
    begin_integration_refresh: "refresh_token",
    finish_integration_deletion: "refresh_token",
  } as const;
  type Fn = keyof typeof secretIn;
  const functions = Object.keys(secretIn) as Fn[];
  /** Of something of this organization that has not been asked for yet, wherever it matters. */
  async function argumentsOf(fn: Fn, { organizationId, keyId, owner } = own): Promise<Arguments> {
    const asOwner = (name: string, args: Arguments) =>
      call<{ id: string; useId: string }>(test.database, name, args, owner.caller);
    const { userId: user_id, sessionId: session_id } = owner;
    const [accessToken, refreshToken] = ["sealed-own-canary", "sealed-own-canary-too"];
    const given = { organizationId, service: "slack", accessToken, refreshToken };
    const integrationId = (await asOwner("insert_integration", given)).id;
    const leave = async (name: string, args = {}) => ({
      use_id: (await asOwner(name, { integrationId, ...args })).useId,
    });
    return {
      take_provider_key: () => ({ user_id, session_id, organization_id: organizationId, provider_key_id: keyId }),
      open_integration_use: () => leave("begin_integration_use", { method: "GET" }),
      begin_integration_refresh: () => ({ integration_id: integrationId, known_version: 1 }),
      finish_integration_deletion: () => leave("begin_integration_deletion"),
    }[fn]();
  }
  async function post(fn: string, args: Arguments, query = "", accept = "application/json") {
    const headers = {
      apikey: peer.serviceKey,
      authorization: `Bearer ${peer.serviceKey}`,
      "content-type": "application/json",
      "content-profile": "cloakroom_api",
      accept,
    };
    const asked = { method: "POST", headers, body: JSON.stringify(args) };
    const response = await fetch(`${peer.url}/rest/v1/rpc/${fn}${query}`, asked);
    return { status: response.status, text: await response.text() };
  }
  const ask = async (fn: Fn, args: Arguments): Promise<Answer> => JSON.parse((await post(fn, args)).text);
  /** What is answered in a transaction that is rolled back: first, and asked once more in it. */
  async function undone(fn: Fn, args: Arguments, more: (first: Record<string, unknown>) => Arguments) {
    const client = new pg.Client(loginUrl);
    await client.connect();
    try {
      await client.query(
        `begin; set local role service_role; set local request.jwt.claims = '{"role":"service_role"}'`,
      );
      const asked = (all: Arguments) => callIn(client, access.signatures, fn, all);
      const first = (await asked(args)) as Record<string, unknown>;
      const again = await asked({ ...args, ...more(first) }).catch(({ code }) => code);
      await client.query("rollback");
      return [first, again];
    } finally {
      await client.end();
    }
  }
  const eventsNow = async () =>
    (await test.admin.query("select count(*)::int as n from cloakroom.audit_events")).rows[0].n as number;

  it.each(functions)(
    "get nothing in the open from %s before its event is committed, whatever they ask for beside it",
    async (fn) => {
      const secret = secretIn[fn];
      for (const accept of ["application/json", "application/vnd.pgrst.object+json"])
        for (const query of [
          "",
          `?select=${secret}`,
          `?select=${secret}::int`,
          `?select=${fn}::int`,
          `?${secret}=eq.1`,
          `?${secret}=like.sealed*`,
          "?none=eq.1",
        ]) {
          const { text } = await post(fn, await argumentsOf(fn), query, accept);
          expect([query, text]).toEqual([query, expect.not.stringContaining("sealed-")]);
        }
    },
  );

  it.each(functions)(
    "get nothing in the open from %s in a transaction of their own, however often they ask within it",
    async (fn) => {
      const args = await argumentsOf(fn);
      const before = await eventsNow();
      const answers = await undone(fn, args, ({ recordedEventId }) => ({ recorded_event_id: recordedEventId }));
      expect(JSON.stringify(answers)).not.toContain("sealed-");
      expect(answers[1]).toBe("CR409");
      expect(await eventsNow()).toBe(before);
    },
  );

  it.each(functions)(
    "get it from %s by a second call, which names the event of the first and writes no other of it",
    async (fn) => {
      const args = await argumentsOf(fn);
      const before = await eventsNow();
      const recorded = await ask(fn, args);
      expect(recorded[secretIn[fn]]).toBeNull();
      expect(await eventsNow()).toBe(before + 1);
      const { recorded_event_id } = recorded;
      const revealed = await ask(fn, { ...args, recorded_event_id });
      expect(revealed[secretIn[fn]]).toMatch(/^sealed-own-canary/);
      expect(revealed.recorded_event_id).toBeNull();
      // The deletion itself is an event of its own.
      expect(await eventsNow()).toBe(before + (fn === "finish_integration_deletion" ? 2 : 1));
    },
  );

  const refusalOf = async (fn: Fn, args: Arguments) => JSON.parse((await post(fn, args)).text).code;
  /** As if all that is on record had happened a minute ago. */
  const aMinuteLater = () =>
    test.admin.query(`begin; alter table cloakroom.audit_events disable trigger the_log_only_grows;
      update cloakroom.audit_events set occurred_at = occurred_at - interval '61 seconds';
      alter table cloakroom.audit_events enable always trigger the_log_only_grows; commit`);

  it("are refused with an event of another function, of another thing, older, or none", async () => {
    const other = await makePremises(test.database, "other-canary");
    const askAll = async (premises: Premises) => {
      const asked = {} as Record<Fn, { args: Arguments; recorded_event_id: string | null }>;
      for (const fn of functions) {
        const args = await argumentsOf(fn, premises);
        asked[fn] = { args, recorded_event_id: (await ask(fn, args)).recorded_event_id };
      }
      return asked;
    };
    const [asked, older, elsewhere] = [await askAll(own), await askAll(own), await askAll(other)];
    for (const fn of functions) {
      const { args, recorded_event_id } = asked[fn];
      const ofOthers = functions.filter((one) => one !== fn).map((one) => asked[one].recorded_event_id);
      for (const id of [...ofOthers, elsewhere[fn].recorded_event_id, own.keyId])
        expect([fn, await refusalOf(fn, { ...args, recorded_event_id: id })]).toEqual([fn, "CR409"]);
      const revealed = await ask(fn, { ...args, recorded_event_id });
      expect(revealed[secretIn[fn]]).toMatch(/^sealed-own-canary/);
    }
    await aMinuteLater();
    for (const fn of functions) {
      const { args, recorded_event_id } = older[fn];
      expect([fn, await refusalOf(fn, { ...args, recorded_event_id })]).toEqual([fn, "CR409"]);
    }
  });

  it("get from a function that answers text what they ask for plainly, on record, and nothing with a cast or a filter", async () => {
    const { integration_id } = await argumentsOf("begin_integration_refresh");
    const asked = {
      get_decrypted_provider_key: { provider_key_id: own.keyId },
      get_integration_token: { integration_id },
    };
    for (const [fn, args] of Object.entries(asked))
      for (const accept of ["application/json", "application/vnd.pgrst.object+json"]) {
        const before = await eventsNow();
        for (const query of [
          `?select=${fn}::int`,
          `?select=x:${fn}::date`,
          `?${fn}=eq.1`,
          `?${fn}=like.sealed*`,
          "?none=eq.1",
        ]) {
          const { status, text } = await post(fn, args, query, accept);
          expect([query, status, text]).toEqual([query, 400, expect.not.stringContaining("sealed-")]);
        }
        expect(await eventsNow()).toBe(before);
        const { text } = await post(fn, args, "", accept);
        expect([JSON.parse(text), await eventsNow()]).toEqual([
          expect.stringMatching(/^sealed-own-canary/),
          before + 1,
        ]);
      }
  });

  it("open a use of a provider key as its own person and session alone, while it lasts, and count it once", async () => {
    const { organizationId } = own;
    const one = await call<{ id: string }>(
      test.database,
      "insert_provider_key",
      { organizationId, provider: "own", apiKey: "sealed-one-canary" },
      own.owner.caller,
    );
    const update = (changes: object) =>
      call(test.database, "update_provider_key", { providerKeyId: one.id, changes }, own.owner.caller);
    await update({ limits: { requestsPerMinute: 1 } });
    const asked = {
      user_id: member.userId,
      session_id: member.sessionId,
      organization_id: organizationId,
      provider_key_id: one.id,
    };
    const { use_id, recorded_event_id } = await ask("take_provider_key", asked);
    const open = { ...asked, recorded_event_id };
    expect(await ask("take_provider_key", open)).toMatchObject({ use_id, api_key: "sealed-one-canary" });
    expect(await refusalOf("take_provider_key", asked)).toBe("CR429");
    const { userId: user_id, sessionId: session_id } = own.owner;
    expect(await refusalOf("take_provider_key", { ...open, user_id, session_id })).toBe("CR409");
    await update({ active: false });
    expect(await refusalOf("take_provider_key", open)).toBe("CR409");
    await update({ active: true });
    const role = (role: string) =>
      test.admin.query("update cloakroom.members set role = $1 where user_id = $2", [role, member.userId]);
    await role("VIEWER");
    expect(await refusalOf("take_provider_key", open)).toBe("CR403");
    await role("MEMBER");
    expect(await ask("take_provider_key", open)).toMatchObject({ use_id, api_key: "sealed-one-canary" });
    await call(test.database, "end_provider_key_use", { useId: use_id }, server);
    expect(await refusalOf("take_provider_key", open)).toBe("CR409");
  });

  it("open a use of an integration once and for other tokens, and begin a refresh, as long as what they began lasts", async () => {
    const use = await argumentsOf("open_integration_use");
    const { recorded_event_id } = await ask("open_integration_use", use);
    expect(await refusalOf("open_integration_use", use)).toBe("CR404");
    expect(await ask("open_integration_use", { ...use, refused_version: 7 })).toMatchObject({ outcome: "ready" });
    const another = await argumentsOf("open_integration_use");
    expect(await refusalOf("open_integration_use", { ...another, recorded_event_id })).toBe("CR409");
    const { integration_id } = await argumentsOf("begin_integration_refresh");
    const useOf = async () => {
      const begun = { integrationId: integration_id, method: "GET" };
      const { useId } = await call<{ useId: string }>(test.database, "begin_integration_use", begun, own.owner.caller);
      const { recorded_event_id: event } = await ask("open_integration_use", { use_id: useId });
      return { use_id: useId, event };
    };
    const [one, two] = [await useOf(), await useOf()];
    for (const [{ use_id }, { event }] of [
      [one, two],
      [two, one],
    ] as const)
      expect(await refusalOf("open_integration_use", { use_id, recorded_event_id: event })).toBe("CR409");
    const answers = await undone("open_integration_use", another, () => ({ refused_version: 7 }));
    expect(answers).toMatchObject([{ outcome: "recorded", accessToken: null }, "CR404"]);
    const refresh = await argumentsOf("begin_integration_refresh");
    const begun = await ask("begin_integration_refresh", refresh);
    const open = { ...refresh, recorded_event_id: begun.recorded_event_id };
    const opened = await ask("begin_integration_refresh", open);
    expect(opened).toMatchObject({ outcome: "refresh", lease_id: expect.any(String) });
    const failed = { integrationId: refresh.integration_id, leaseId: opened.lease_id, permanent: false };
    expect(await call(test.database, "fail_integration_refresh", failed, server)).toBe("cooling");
    expect(await refusalOf("begin_integration_refresh", open)).toBe("CR409");
  });

  it("leave an integration where it is with the first call of its deletion", async () => {
    const deletion = await argumentsOf("finish_integration_deletion");
    const recorded = await ask("finish_integration_deletion", deletion);
    expect(recorded).toMatchObject({ service: "slack", access_token: null, refresh_token: null });
    const event = "select action, actor_id, details from cloakroom.audit_events where id = $1";
    expect((await test.admin.query(event, [recorded.recorded_event_id])).rows).toEqual([
      { action: "INTEGRATION_USED", actor_id: own.owner.userId, details: { service: "slack", purpose: "deletion" } },
    ]);
    const standing =
      "select from cloakroom.integrations i join cloakroom.integration_uses u on u.integration_id = i.id where u.id = $1";
    expect((await test.admin.query(standing, [deletion.use_id])).rowCount).toBe(1);
    const { recorded_event_id } = recorded;
    const finished = await ask("finish_integration_deletion", { ...deletion, recorded_event_id });
    expect(finished).toMatchObject({ access_token: "sealed-own-canary", refresh_token: "sealed-own-canary-too" });
    expect((await test.admin.query(standing, [deletion.use_id])).rowCount).toBe(0);
  });
});
