import { expect, it } from "vitest";
import type { Calls } from "../../../src/database/contract.generated.js";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound, type Someone, server } from "../support/stage.js";

export const integrations: Suite = (stage) => {
  const as =
    <F extends keyof Calls>(fn: F) =>
    (args: Calls[F]["args"], caller = stage().owner.caller) =>
      stage().call(fn, args, caller);
  const byServer =
    <F extends keyof Calls>(fn: F) =>
    (args: Calls[F]["args"], caller = server) =>
      stage().call(fn, args, caller);
  const list = as("integrations");
  const beginUse = as("begin_integration_use");
  const beginDeletion = as("begin_integration_deletion");
  const remove = as("delete_integration");
  const open = byServer("open_integration_use");
  const finishDeletion = byServer("finish_integration_deletion");
  const endUse = byServer("end_integration_use");
  const takeFlow = byServer("take_integration_flow");
  const finishFlow = byServer("finish_integration_flow");
  const tokenOf = async (args: Calls["get_integration_token"]["args"], caller = server) =>
    (await byServer("get_integration_token")(args, caller)).value;
  const beginRefresh = byServer("begin_integration_refresh");
  const finishRefresh = byServer("finish_integration_refresh");
  const failRefresh = byServer("fail_integration_refresh");
  const due = byServer("due_integrations");
  const takeAlerts = byServer("take_integration_alerts");
  const noteAlert = byServer("note_integration_alert");
  const isHeld = byServer("is_integration_token_held");

  const accessToken = "canary-access-{a,b}";
  const refreshToken = "canary-refresh-\\";
  const ended = "2020-01-02T03:04:05Z";
  const insert = (changed: object = {}, caller = stage().owner.caller) => {
    const { organizationId } = stage();
    return stage().call("insert_integration", { organizationId, service: "acme.io", accessToken, ...changed }, caller);
  };
  const beginFlow = ({ caller }: Someone, args: object = {}) => {
    const asked = { organizationId: stage().organizationId, service: "slack", scopes: ["a_b", "c,d"], ...args };
    return stage().call("begin_integration_flow", asked, caller);
  };
  const newest = async () => {
    const { organizationId, owner } = stage();
    return (await stage().call("audit_events", { organizationId, first: 1 }, owner.caller))[0];
  };

  it("stores tokens, shows nothing of them, and keeps the rest to the letter", async () => {
    const scopes = ["c,d", "{a_b}", "https://x.example/y?z", "c,d"];
    const expiresAt = "2090-01-02T03:04:05.25+02:00";
    const made = await insert({ refreshToken, account: "Zoë ☃", scopes, expiresAt });
    expect(made).toMatchObject({ service: "acme.io", account: "Zoë ☃", scopes: scopes.slice(0, 3), status: "ACTIVE" });
    expect(made).toMatchObject({ accessToken: "••••••••", expiresAt: "2090-01-02T01:04:05.25+00:00" });
    const { organizationId, admin } = stage();
    expect(await list({ organizationId }, admin.caller)).toEqual([made]);
    await stage().guards("ADMIN", (caller) => list({ organizationId }, caller));
    const { rows } = await stage().driver.admin.query("select i::text as line from cloakroom.integrations i");
    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, made, await newest()])).not.toContain("canary");
    await remove({ integrationId: made.id });
  });

  it.each([
    [{ service: "Acme io" }, "input.service"],
    [{ accessToken: " " }, "input.accessToken"],
    [{ accessToken: "canary-é" }, "input.accessToken"],
    [{ refreshToken: "two canaries" }, "input.refreshToken"],
    [{ scopes: ["a b"] }, "input.scopes"],
    [{ expiresAt: "infinity" }, "input.expiresAt"],
  ])("refuses %j by its field, without a word of it", async (changed, field) => {
    const refusal = await stage().refusal(insert(changed));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: field });
    expect(JSON.stringify(refusal)).not.toContain("canar");
  });

  it("refuses a time that is none, and whoever is no admin", async () => {
    const malformed = await stage().refusal(insert({ expiresAt: "canary" }));
    expect(malformed).toEqual({ sqlState: "22007", message: "database error 22007", detail: null });
    await stage().guards("ADMIN", (caller) => insert({}, caller));
  });

  it("opens a token for a member's use, once and as theirs", async () => {
    const { id: integrationId } = await insert();
    const { organizationId, member } = stage();
    const use = await beginUse({ integrationId, method: "POST" }, member.caller);
    expect(use).toEqual({ useId: expect.any(String), integrationId, organizationId, service: "acme.io" });
    const opened = await open({ useId: use.useId });
    expect(opened).toMatchObject({ outcome: "ready", accessToken, tokenVersion: 1, refreshDue: false });
    const event = await newest();
    expect(event).toMatchObject({ action: "INTEGRATION_USED", actorId: member.userId, targetId: integrationId });
    expect(event?.details).toEqual({ service: "acme.io", method: "POST" });
    expect(await stage().refusal(open({ useId: use.useId }))).toEqual(notFound);
    expect(await open({ useId: use.useId, refusedVersion: 1 })).toMatchObject({
      outcome: "refused",
      accessToken: null,
    });
    expect(await endUse({ useId: use.useId })).toBe(true);
    expect(await endUse({ useId: use.useId })).toBe(true);
    for (const useId of [use.useId, nobodysId, "none"])
      expect(await stage().refusal(open({ useId }))).toEqual(notFound);
    expect(await stage().refusal(endUse({ useId: "none" }))).toEqual(notFound);
    await remove({ integrationId });
  });

  it("gives members alone leave for a use, by the methods that are forwarded", async () => {
    const { id: integrationId } = await insert();
    await stage().guards("MEMBER", (caller) => beginUse({ integrationId, method: "GET" }, caller));
    const refusal = await stage().refusal(beginUse({ integrationId, method: "TRACE" }));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: "method" });
    for (const id of [nobodysId, "none"])
      expect(await stage().refusal(beginUse({ integrationId: id, method: "GET" }))).toEqual(notFound);
    await remove({ integrationId });
  });

  it("hands a token out to the server alone, on record as nobody's use", async () => {
    const { id: integrationId } = await insert();
    expect(await tokenOf({ integrationId })).toBe(accessToken);
    expect(await newest()).toMatchObject({ action: "INTEGRATION_USED", actorId: null, targetId: integrationId });
    for (const id of [nobodysId, "none"])
      expect(await stage().refusal(tokenOf({ integrationId: id }))).toEqual(notFound);
    const over = await insert({ expiresAt: ended });
    expect(over).toMatchObject({ status: "NEEDS_RECONNECT", expiresAt: "2020-01-02T03:04:05+00:00" });
    const refusal = await stage().refusal(tokenOf({ integrationId: over.id }));
    expect(refusal).toMatchObject({ sqlState: "CR409", message: "The service has to be connected again." });
    const { caller } = stage().owner;
    const asked = [
      () => tokenOf({ integrationId }, caller),
      () => open({ useId: nobodysId }, caller),
      () => finishDeletion({ useId: nobodysId }, caller),
      () => endUse({ useId: nobodysId }, caller),
      () => takeFlow({ state: "s" }, caller),
      () => finishFlow({ flowId: nobodysId, accessToken }, caller),
      () => beginRefresh({ integrationId }, caller),
      () => finishRefresh({ integrationId, knownVersion: 1, accessToken }, caller),
      () => failRefresh({ integrationId, leaseId: nobodysId, permanent: true }, caller),
      () => due({}, caller),
      () => takeAlerts({}, caller),
      () => noteAlert({ integrationId, tokenVersion: 1 }, caller),
      () => isHeld({ accessToken }, caller),
    ];
    for (const ask of asked) expect((await stage().refusal(ask())).sqlState).toBe("42501");
    for (const { id } of [{ id: integrationId }, over]) await remove({ integrationId: id });
  });

  it("takes a flow once, for whoever began it, and stores what it brought as theirs", async () => {
    const { admin, organizationId } = stage();
    const flow = await beginFlow(admin);
    expect(flow).toMatchObject({
      state: expect.stringMatching(/^[\w-]{43}$/),
      verifier: expect.stringMatching(/^[\w-]{43}$/),
    });
    const { state, verifier } = flow;
    const taken = await takeFlow({ state, callerId: admin.userId });
    expect(taken).toMatchObject({
      outcome: "taken",
      organizationId,
      organizationName: expect.any(String),
      service: "slack",
      scopes: ["a_b", "c,d"],
      verifier,
    });
    expect(await takeFlow({ state })).toMatchObject({ outcome: "unknown", service: null, scopes: null });
    expect(await takeFlow({ state: "" })).toMatchObject({ outcome: "unknown", flowId: null });
    const brought = { flowId: taken.flowId ?? "", accessToken, refreshToken, account: null, expiresIn: 3600 };
    const made = await finishFlow(brought);
    expect(made).toMatchObject({ service: "slack", account: null, scopes: ["a_b", "c,d"], accessToken: "••••••••" });
    expect(await newest()).toMatchObject({ action: "INTEGRATION_ADDED", actorId: admin.userId, targetId: made.id });
    expect(await tokenOf({ integrationId: made.id })).toBe(accessToken);
    expect(await finishFlow(brought)).toEqual(made);
    for (const flowId of [nobodysId, "none"])
      expect(await stage().refusal(finishFlow({ ...brought, flowId }))).toEqual(notFound);
    expect(await stage().refusal(takeFlow({ state, callerId: "none" }))).toEqual(notFound);
    await remove({ integrationId: made.id });
    expect(await stage().refusal(finishFlow(brought))).toEqual(notFound);
  });

  it("takes a flow from nobody else, and one that a cookie began from nowhere else; once refused it is over", async () => {
    const { admin, owner } = stage();
    const refused = { flowId: null, verifier: null, organizationName: null };
    const others = await beginFlow(admin);
    const byOther = await takeFlow({ state: others.state, callerId: owner.userId });
    expect(byOther).toMatchObject({ outcome: "other_person", ...refused });
    expect(await takeFlow({ state: others.state, callerId: admin.userId })).toMatchObject({ outcome: "unknown" });
    const bound = await beginFlow(admin, { byCookie: true });
    const elsewhere = await takeFlow({ state: bound.state, callerId: admin.userId });
    expect(elsewhere).toMatchObject({ outcome: "other_browser", ...refused });
    const sessionId = String(admin.caller.claims?.session_id);
    const again = await beginFlow(admin, { byCookie: true });
    expect(await takeFlow({ state: again.state, sessionId })).toMatchObject({ outcome: "taken" });
  });

  it("ends flows with the session that began them", async () => {
    const someone = await stage().signIn();
    const organizationId = await stage().organizationOf(someone);
    const taken = await takeFlow({ state: (await beginFlow(someone, { organizationId })).state });
    const { state } = await beginFlow(someone, { organizationId, scopes: undefined });
    await stage().call("revoke_session", {}, someone.caller);
    expect(await takeFlow({ state })).toMatchObject({ outcome: "forbidden", verifier: null });
    const late = await stage().refusal(finishFlow({ flowId: taken.flowId ?? "", accessToken }));
    expect(late.sqlState).toBe("CR401");
  });

  it("lets admins alone begin flows, for services and scopes that can be some", async () => {
    await stage().guards("ADMIN", (caller) => beginFlow({ ...stage().owner, caller }));
    const refused = async (args: object) => (await stage().refusal(beginFlow(stage().owner, args))).detail;
    expect(await refused({ service: "" })).toBe("input.service");
    expect(await refused({ scopes: [null] })).toBe("input.scopes");
  });

  it("gives a refresh token to one at a time, and stores both tokens that it brought", async () => {
    const { id: integrationId } = await insert({ refreshToken, expiresAt: ended });
    expect(await due({})).toEqual([integrationId]);
    const lease = await beginRefresh({ integrationId });
    expect(lease).toMatchObject({ outcome: "refresh", service: "acme.io", refreshToken, tokenVersion: 1 });
    const begun = await newest();
    expect(begun).toMatchObject({ action: "INTEGRATION_REFRESHED", actorId: null, targetId: integrationId });
    expect(begun?.details).toEqual({ service: "acme.io", outcome: "begun" });
    expect(await beginRefresh({ integrationId, knownVersion: 1 })).toMatchObject({
      outcome: "wait",
      refreshToken: null,
    });
    expect(await due({})).toEqual([]);
    const brought = { integrationId, knownVersion: 1, accessToken: "canary-second", expiresIn: 7200, scopes: ["n"] };
    expect(await finishRefresh(brought)).toBe(true);
    expect(await finishRefresh(brought)).toBe(true);
    expect(await finishRefresh({ ...brought, accessToken: "canary-third" })).toBe(false);
    expect(await beginRefresh({ integrationId, knownVersion: 1 })).toMatchObject({ outcome: "fresh", tokenVersion: 2 });
    expect(await tokenOf({ integrationId })).toBe("canary-second");
    const { organizationId } = stage();
    expect(await list({ organizationId })).toMatchObject([{ id: integrationId, status: "ACTIVE", scopes: ["n"] }]);
    const empty = await stage().refusal(finishRefresh({ integrationId, knownVersion: 2, accessToken: "" }));
    expect(empty).toMatchObject({ sqlState: "CR422", detail: "accessToken" });
    for (const id of [nobodysId, "none"])
      expect(await stage().refusal(beginRefresh({ integrationId: id }))).toEqual(notFound);
    await remove({ integrationId });
  });

  it("waits after a refresh that failed, and asks for a new connection after one that failed for good", async () => {
    const { id: integrationId } = await insert({ refreshToken, expiresAt: ended });
    const use = await beginUse({ integrationId, method: "GET" }, stage().member.caller);
    expect(await open({ useId: use.useId })).toMatchObject({ outcome: "refresh_first", accessToken: null });
    const { leaseId } = await beginRefresh({ integrationId });
    const fail = (lease: string | null, permanent: boolean, extra: object = {}) =>
      failRefresh({ integrationId, leaseId: lease ?? "", permanent, ...extra });
    expect(await fail(nobodysId, true)).toBe("stale");
    expect(await stage().refusal(fail("none", true))).toEqual(notFound);
    expect(await fail(leaseId, false, { retryAfter: 60 })).toBe("cooling");
    const cooling = await beginRefresh({ integrationId });
    expect(cooling).toMatchObject({ outcome: "cooling", leaseId: null });
    expect(cooling.retryAfter).toBeGreaterThan(50);
    await stage().driver.admin.query("update cloakroom.integrations set retry_at = null where id = $1", [
      integrationId,
    ]);
    expect(await fail((await beginRefresh({ integrationId })).leaseId, true)).toBe("needs_reconnect");
    expect(await beginRefresh({ integrationId })).toMatchObject({ outcome: "needs_reconnect", refreshToken: null });
    expect(await open({ useId: use.useId })).toMatchObject({ outcome: "needs_reconnect", accessToken: null });
    const event = await newest();
    expect(event).toMatchObject({ action: "INTEGRATION_REFRESHED", actorId: null });
    expect(event?.details).toEqual({ service: "acme.io", outcome: "needs_reconnect" });
    const { organizationId } = stage();
    expect(await takeAlerts({})).toEqual([{ integrationId, organizationId, tokenVersion: 1 }]);
    expect(await takeAlerts({})).toEqual([]);
    expect(await noteAlert({ integrationId, tokenVersion: 2 })).toBe(false);
    expect(await noteAlert({ integrationId, tokenVersion: 1 })).toBe(true);
    expect(await noteAlert({ integrationId: nobodysId, tokenVersion: 1 })).toBe(false);
    expect(await stage().refusal(noteAlert({ integrationId: "none", tokenVersion: 1 }))).toEqual(notFound);
    await remove({ integrationId });
  });

  it("knows the tokens that some integration holds", async () => {
    const { id: integrationId } = await insert({ refreshToken });
    expect(await isHeld({ accessToken })).toBe(true);
    expect(await isHeld({ accessToken: "canary-other", refreshToken })).toBe(true);
    for (const other of [{ accessToken: "canary-other" }, { accessToken: refreshToken, refreshToken: accessToken }])
      expect(await isHeld(other)).toBe(false);
    await remove({ integrationId });
    expect(await isHeld({ accessToken, refreshToken })).toBe(false);
  });

  it("deletes an integration by leave of an admin and answers both tokens, once", async () => {
    const { id: integrationId } = await insert({ refreshToken });
    const { useId } = await beginDeletion({ integrationId }, stage().admin.caller);
    const use = await beginUse({ integrationId, method: "GET" });
    expect(await stage().refusal(finishDeletion({ useId: use.useId }))).toEqual(notFound);
    expect(await stage().refusal(open({ useId }))).toEqual(notFound);
    await stage().guards("ADMIN", (caller) => beginDeletion({ integrationId }, caller));
    await stage().guards("ADMIN", (caller) => remove({ integrationId }, caller));
    expect(await finishDeletion({ useId })).toMatchObject({ service: "acme.io", accessToken, refreshToken });
    const { userId: actorId } = stage().admin;
    expect(await newest()).toMatchObject({ action: "INTEGRATION_DELETED", actorId, targetId: integrationId });
    for (const id of [useId, nobodysId, "none"])
      expect(await stage().refusal(finishDeletion({ useId: id }))).toEqual(notFound);
    const { id: another } = await insert();
    expect(await remove({ integrationId: another }, stage().admin.caller)).toBe(true);
    for (const id of [integrationId, nobodysId, "none"]) {
      expect(await stage().refusal(remove({ integrationId: id }))).toEqual(notFound);
      expect(await stage().refusal(beginDeletion({ integrationId: id }))).toEqual(notFound);
    }
    expect(await stage().refusal(open({ useId: use.useId }))).toEqual(notFound);
    const { rows } = await stage().driver.admin.query(
      "select from vault.secrets where name like 'integration:' || $1 || ':%'",
      [integrationId],
    );
    expect(rows).toEqual([]);
  });
};
