import { expect, it } from "vitest";
import type { Calls } from "../../../src/database/contract.generated.js";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound, type Someone, server } from "../support/stage.js";

export const providerKeyUse: Suite = (stage) => {
  let keys = 0;
  const nextKey = () => `canary-used-${++keys}-key-'"\\%`;
  const as =
    <F extends keyof Calls>(fn: F) =>
    (args: Calls[F]["args"], caller = stage().owner.caller) =>
      stage().call(fn, args, caller);
  const byServer =
    <F extends keyof Calls>(fn: F) =>
    (args: Calls[F]["args"], caller = server) =>
      stage().call(fn, args, caller);
  const rotate = as("rotate_provider_key");
  const check = as("check_provider_key_rotation");
  const quarantine = as("quarantine_provider_key");
  const release = as("release_provider_key");
  const setUsageLimits = as("set_usage_limits");
  const end = byServer("end_provider_key_use");
  const decrypted = async (args: Calls["get_decrypted_provider_key"]["args"], caller = server) =>
    (await byServer("get_decrypted_provider_key")(args, caller)).value;
  const take = async (args: Calls["take_provider_key"]["args"], caller = server) => {
    const taken = await stage().call("take_provider_key", args, caller);
    return { ...taken, useId: taken.useId ?? "" };
  };
  const of = ({ userId, sessionId }: Someone) => ({ userId, sessionId });
  const none = { requestsPerMinute: null, tokensPerDay: null, models: null };

  /** An organization of its own, so that its limits are nobody else's, with one key. */
  async function organizationWithKey(provider = "own") {
    const { owner, admin, member, viewer } = stage();
    const organizationId = await stage().organizationOf(owner, { admin, member, viewer });
    const apiKey = nextKey();
    const insert = (args: object = {}) =>
      stage().call("insert_provider_key", { organizationId, provider, apiKey, ...args }, owner.caller);
    return { organizationId, apiKey, key: await insert(), insert };
  }
  const events = (organizationId: string) => stage().call("audit_events", { organizationId }, stage().owner.caller);

  it("opens a key for the member whose session it is, as theirs", async () => {
    const { organizationId, apiKey, key } = await organizationWithKey();
    const { member } = stage();
    const taken = await take({
      ...of(member),
      organizationId,
      model: "a_b-Model/1",
      provider: "own",
      tokensReserved: 10,
    });
    expect(taken).toMatchObject({ providerKeyId: key.id, provider: "own", baseUrl: null, models: null, apiKey });
    expect(taken).toMatchObject({ choices: null, tokensLimited: false });
    const [event, ...earlier] = await events(organizationId);
    expect(event).toMatchObject({ action: "PROVIDER_KEY_USED", actorId: member.userId, targetId: key.id });
    expect(event?.details).toEqual({ provider: "own", model: "a_b-Model/1" });
    expect(JSON.stringify([event, earlier])).not.toContain("canary");
    const [listed] = await stage().call("provider_keys", { organizationId }, stage().owner.caller);
    expect(Date.parse(listed?.lastUsedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(key.createdAt));
  });

  it("lets members alone use keys and see which there are, never what they are", async () => {
    const { organizationId, key } = await organizationWithKey();
    const { member, viewer, stranger, gone } = stage();
    const choices = as("provider_key_choices");
    await stage().guards("MEMBER", (caller) => choices({ organizationId }, caller));
    expect(await choices({ organizationId }, member.caller)).toEqual([{ id: key.id, provider: "own", models: null }]);
    const refused = async (who: object, args: object = {}) =>
      stage().refusal(take({ ...of(member), ...who, organizationId, ...args }));
    expect((await refused(of(viewer))).sqlState).toBe("CR403");
    expect(await refused(of(stranger))).toEqual(notFound);
    for (const someone of [of(gone), { sessionId: stranger.sessionId }])
      expect((await refused(someone)).sqlState).toBe("CR401");
    expect(await refused({}, { providerKeyId: nobodysId })).toEqual(notFound);
    expect(await refused({}, { providerKeyId: "none" })).toEqual(notFound);
    expect(await refused({}, { provider: "other" })).toMatchObject({ sqlState: "CR422", detail: "input.provider" });
    expect(await refused({}, { model: "two words" })).toMatchObject({ sqlState: "CR422", detail: "input.model" });
    expect(await refused({}, { tokensReserved: -1 })).toMatchObject({ sqlState: "CR422", detail: "input.maxTokens" });
  });

  it("settles a use once, and counts what it reserved where nobody counted", async () => {
    const { organizationId } = await organizationWithKey();
    await setUsageLimits({ organizationId, limits: { tokensPerDay: 100 } });
    const used = async (tokensReserved: number) =>
      (await take({ ...of(stage().owner), organizationId, tokensReserved })).useId;
    const first = await used(90);
    expect(await stage().refusal(used(20))).toMatchObject({ sqlState: "CR429" });
    expect(await end({ useId: first, inputTokens: 5, outputTokens: 10, outcome: "COMPLETED" })).toBe(true);
    expect(await end({ useId: first })).toBe(false);
    const second = await used(80);
    expect(await end({ useId: second, inputTokens: null, outputTokens: null, outcome: "ABORTED" })).toBe(true);
    expect(await stage().refusal(used(10))).toMatchObject({ sqlState: "CR429" });
    expect(await end({ useId: nobodysId })).toBe(false);
    expect(await stage().refusal(end({ useId: first, outcome: "DONE" }))).toMatchObject({ detail: "outcome" });
    expect(await stage().refusal(end({ useId: "none" }))).toEqual(notFound);
  });

  it("answers only the choices where there are several, and takes none of them", async () => {
    const { organizationId, key, insert } = await organizationWithKey();
    const other = await insert({ provider: "openai", apiKey: nextKey() });
    const models = ["a_b-*", "C/d"];
    const changes = { limits: { models } };
    await stage().call("update_provider_key", { providerKeyId: key.id, changes }, stage().owner.caller);
    const choices = [
      { id: other.id, provider: "openai", models: null },
      { id: key.id, provider: "own", models },
    ];
    const asked = { ...of(stage().member), organizationId };
    expect(await take(asked)).toMatchObject({ useId: "", apiKey: null, choices, tokensLimited: null });
    expect(await take({ ...asked, provider: "own", model: "a_b-c" })).toMatchObject({ providerKeyId: key.id, models });
    const refusal = await stage().refusal(take({ ...asked, provider: "own", model: "d" }));
    expect(refusal).toMatchObject({ sqlState: "CR403", message: "This key may not be used with this model." });
  });

  it("hands a key out to the server alone, on record as nobody's use", async () => {
    const { organizationId, apiKey, key } = await organizationWithKey();
    expect(await decrypted({ providerKeyId: key.id })).toBe(apiKey);
    const [event] = await events(organizationId);
    expect(event).toMatchObject({ action: "PROVIDER_KEY_USED", actorId: null, actorName: null });
    expect(event?.details).toEqual({ provider: "own", handedOut: true });
    for (const id of [nobodysId, "none"])
      expect(await stage().refusal(decrypted({ providerKeyId: id }))).toEqual(notFound);
    const { owner } = stage();
    const own = { ...of(owner), organizationId };
    const { useId } = await take(own);
    const asked = [
      () => decrypted({ providerKeyId: key.id }, owner.caller),
      () => end({ useId }, owner.caller),
      () => take(own, owner.caller),
    ];
    for (const ask of asked) expect((await stage().refusal(ask())).sqlState).toBe("42501");
  });

  it("rotates a key: the new one with the old one's limits, the old one deactivated", async () => {
    const { organizationId, apiKey, key } = await organizationWithKey();
    const { owner } = stage();
    const changes = { label: "Main", limits: { requestsPerMinute: 7 } };
    await stage().call("update_provider_key", { providerKeyId: key.id, changes }, owner.caller);
    const next = nextKey();
    const args = { providerKeyId: key.id, apiKey: next };
    expect(await check(args)).toEqual({ providerKeyId: key.id, provider: "own", baseUrl: null });
    const made = await rotate(args, stage().admin.caller);
    expect(made).toMatchObject({ label: "Main", active: true, createdBy: stage().admin.userId });
    expect(made.limits).toEqual({ ...none, requestsPerMinute: 7 });
    const listed = await stage().call("provider_keys", { organizationId }, owner.caller);
    expect(listed.map(({ id, active }) => [id, active])).toEqual([
      [key.id, false],
      [made.id, true],
    ]);
    expect((await stage().refusal(decrypted({ providerKeyId: key.id }))).sqlState).toBe("CR409");
    expect(await decrypted({ providerKeyId: made.id })).toBe(next);
    for (const ask of [check, rotate]) {
      const refused = (changed: object) => stage().refusal(ask({ providerKeyId: made.id, apiKey: next, ...changed }));
      for (const conflict of [{ apiKey }, { providerKeyId: key.id, apiKey: nextKey() }])
        expect((await refused(conflict)).sqlState).toBe("CR409");
      expect(await refused({ apiKey: "two\ncanaries" })).toMatchObject({ sqlState: "CR422", detail: "input.apiKey" });
      expect(await refused({ providerKeyId: nobodysId })).toEqual(notFound);
      await stage().guards("ADMIN", (caller) => ask({ ...args, apiKey: nextKey() }, caller));
    }
  });

  it("takes a key out of use at once until an owner releases it", async () => {
    const { organizationId, key } = await organizationWithKey();
    const { owner, admin, member } = stage();
    const use = { ...of(member), organizationId, providerKeyId: key.id };
    const running = await take({ ...use, model: "m" });
    await decrypted({ providerKeyId: key.id });
    const ask = () => quarantine({ providerKeyId: key.id, reason: "Leaked, ü" }, admin.caller);
    const answer = await ask();
    expect(answer.providerKey).toMatchObject({ id: key.id, active: false, quarantinedAt: expect.any(String) });
    expect(answer.usesUnderWay).toBe(1);
    expect(answer.recentUses).toMatchObject([
      { actorId: null, model: null, outcome: null, handedOut: true },
      { actorId: member.userId, model: "m", inputTokens: null, outcome: null, handedOut: false },
    ]);
    expect(JSON.stringify(answer)).not.toContain("canary");
    await end({ useId: running.useId, inputTokens: 3, outputTokens: 0 });
    const again = await ask();
    expect(again).toMatchObject({ providerKey: answer.providerKey, usesUnderWay: 0 });
    expect(again.recentUses[1]).toMatchObject({ inputTokens: 3, outputTokens: 0, outcome: "COMPLETED" });
    for (const ask of [() => take(use), () => decrypted({ providerKeyId: key.id })])
      expect((await stage().refusal(ask())).message).toBe("This provider key is in quarantine.");
    await stage().guards("OWNER", (caller) => release({ providerKeyId: key.id }, caller));
    const released = await release({ providerKeyId: key.id, reason: null }, owner.caller);
    expect(released).toMatchObject({ active: false, quarantinedAt: null });
    expect((await stage().refusal(release({ providerKeyId: key.id }))).sqlState).toBe("CR409");
    const [ended, begun] = await events(organizationId);
    const shown = { action: "PROVIDER_KEY_UPDATED", targetId: key.id };
    expect(ended).toMatchObject({ ...shown, reason: null, details: { change: "PROVIDER_KEY_RELEASED" } });
    expect(begun).toMatchObject({ ...shown, reason: "Leaked, ü", details: { change: "PROVIDER_KEY_QUARANTINED" } });
  });

  it("lets admins alone put keys in quarantine", async () => {
    const { key } = await organizationWithKey();
    await stage().guards("ADMIN", (caller) => quarantine({ providerKeyId: key.id }, caller));
    for (const providerKeyId of [nobodysId, "none"])
      for (const ask of [quarantine, release]) expect(await stage().refusal(ask({ providerKeyId }))).toEqual(notFound);
    const reason = "r".repeat(2001);
    const refusal = await stage().refusal(quarantine({ providerKeyId: key.id, reason }));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: "reason" });
  });

  it("sets limits to the letter, keeps what is left out and lifts what is null", async () => {
    const { organizationId } = await organizationWithKey();
    const models = ["a_b-Model", '{"c":1}', "[d]*"];
    const set = (limits: unknown) => setUsageLimits({ organizationId, limits });
    expect(await set({ models: [...models, "a_b-Model"] })).toEqual({ ...none, models });
    expect(await set({ requestsPerMinute: 2147483647 })).toEqual({ ...none, requestsPerMinute: 2147483647, models });
    const left = { ...none, requestsPerMinute: 2147483647 };
    expect(await set({ models: null })).toEqual(left);
    expect(await set({})).toEqual(left);
    const asked = { organizationIds: [organizationId, nobodysId] };
    expect(await stage().call("usage_limits", asked, stage().viewer.caller)).toEqual([
      { organizationId, limits: left },
    ]);
    expect(await stage().call("usage_limits", asked, stage().stranger.caller)).toEqual([]);
    const gone = await stage().refusal(stage().call("usage_limits", asked, stage().gone.caller));
    expect(gone.sqlState).toBe("CR401");
    await stage().guards("ADMIN", (caller) => setUsageLimits({ organizationId, limits: {} }, caller));
    const filter = { actions: ["PROVIDER_KEY_UPDATED"] };
    const [event] = await stage().call("audit_events", { organizationId, filter }, stage().owner.caller);
    expect(event).toMatchObject({ targetType: "organization", targetId: organizationId });
    expect(event?.details).toEqual({ change: "USAGE_LIMITS_SET", limits: { requestsPerMinute: 2147483647 } });
  });

  it.each([
    [{ requestsPerMinute: 0 }, "input.limits.requestsPerMinute"],
    [{ requestsPerMinute: 1.5 }, "input.limits.requestsPerMinute"],
    [{ tokensPerDay: 2147483648 }, "input.limits.tokensPerDay"],
    [{ models: [] }, "input.limits.models"],
    [{ models: ["a", 1] }, "input.limits.models"],
    [{ models: ["a*b"] }, "input.limits.models"],
  ])("refuses the limits %j by their field", async (limits, field) => {
    const { organizationId } = stage();
    const refusal = await stage().refusal(setUsageLimits({ organizationId, limits }));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: field });
  });

  it("begins no more uses at once than a limit has room for", async () => {
    const { organizationId } = await organizationWithKey();
    await setUsageLimits({ organizationId, limits: { requestsPerMinute: 5 } });
    const { database } = stage().driver;
    const ask = () => database.call("take_provider_key", { ...of(stage().member), organizationId }, server);
    const asked = await Promise.allSettled(Array.from({ length: 20 }, ask));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const states = asked.flatMap((one) => (one.status === "rejected" ? [one.reason.sqlState] : []));
    expect(states).toEqual(Array(15).fill("CR429"));
  });
};
