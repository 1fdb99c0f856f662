import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answeredFrom, startTableStage, type TableStage } from "../support/table-stage.js";

describe("auditEvents", () => {
  let stage: TableStage;
  beforeAll(async () => {
    stage = await startTableStage();
  });
  afterAll(() => stage?.close());

  const events = async (more: Record<string, unknown> = {}) =>
    stage.ask("auditEvents", { organizationId: stage.owner.organizationId, ...more }, stage.admin);

  test("answers events newest first, a page at a time", async () => {
    for (const name of ["A", "B", "C", "D"])
      await stage.ask("createTable", { input: { organizationId: stage.owner.organizationId, name } });
    const seen: number[] = [];
    for (let after: string | null = null; ; ) {
      const { value } = await events({ first: 3, after });
      expect(value.edges.map(({ node }) => node.sequence)).toEqual(value.nodes.map(({ sequence }) => sequence));
      expect(value.pageInfo).toMatchObject({ hasPreviousPage: after !== null, endCursor: value.edges.at(-1)?.cursor });
      seen.push(...value.nodes.map(({ sequence }) => sequence));
      if (!value.pageInfo.hasNextPage) break;
      after = value.pageInfo.endCursor;
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => seen.length - n));
    const { value } = await events({ first: 500 });
    for (const [n, event] of value.nodes.entries())
      expect(event.previousHash).toBe(value.nodes[n + 1]?.hash ?? "0".repeat(64));
  });

  test("filters by action, actor, target and time", async () => {
    const actions = ["MEMBER_ADDED"];
    const { value } = await events({ filter: { actions } });
    expect(value.nodes.map(({ action }) => action)).toEqual(Array(3).fill("MEMBER_ADDED"));
    expect((await events({ filter: { targetId: stage.tableId } })).value.nodes).toMatchObject([
      { action: "TABLE_CREATED" },
    ]);
    expect((await events({ filter: { actorId: stage.viewer.userId } })).value.nodes).toEqual([]);
    expect((await events({ filter: { since: new Date(Date.now() + 60_000).toISOString() } })).value.nodes).toEqual([]);
    expect((await events({ filter: { until: "2000-01-01T00:00:00Z" } })).value.nodes).toEqual([]);
    expect((await events({ filter: null })).code).toBeNull();
  });

  test("shows actions that the published enum has no word for under one of its own, and what they were in details", async () => {
    const { organizationId } = stage.owner;
    const query = "mutation($input: SetUsageLimitsInput!) { setUsageLimits(input: $input) { requestsPerMinute } }";
    const input = { organizationId, limits: { requestsPerMinute: 7 } };
    const { errors } = await stage.server.graphql(query, { input }, { token: stage.owner.token });
    expect(errors).toEqual([]);
    const changes = async (actions: string[]) =>
      (await events({ filter: { actions } })).value.nodes.map(({ details }) => details.change);
    expect(await changes(["PROVIDER_KEY_UPDATED"])).toEqual(["USAGE_LIMITS_SET"]);
    expect(await changes(["PROVIDER_KEY_ADDED", "WEBHOOK_ENDPOINT_ADDED"])).toEqual([]);
  });

  test("shows the actor's name of today and an address only masked", async () => {
    const [event] = (await events()).value.nodes;
    expect(event).toMatchObject({ actorId: stage.owner.userId, actorName: null, ipAddress: "••••••••" });
    await stage.server.admin.query("update cloakroom.users set name = 'Ann' where id = $1", [stage.owner.userId]);
    expect((await events()).value.nodes[0]).toMatchObject({ actorName: "Ann" });
    expect((await stage.ask("verifyAuditLog", { organizationId: stage.owner.organizationId })).value.valid).toBe(true);
  });

  test("refuses bad pages, cursors and filters", async () => {
    for (const more of [
      { first: 0 },
      { first: 501 },
      { after: "x" },
      { filter: { since: "yesterday" } },
      { filter: { actions: ["NO"] } },
    ])
      expect((await events(more)).code, JSON.stringify(more)).toBe("BAD_USER_INPUT");
    const far = Buffer.from("[9007199254740991]").toString("base64url");
    expect((await events({ after: far })).code).toBeNull();
  });

  test("is for ADMINs, NOT_FOUND to strangers and UNAUTHENTICATED to nobody", async () => {
    const { organizationId } = stage.owner;
    expect(await stage.codes("auditEvents", () => ({ organizationId }))).toEqual(answeredFrom("ADMIN"));
    for (const code of await stage.codesOfUnknown("auditEvents", (id) => ({ organizationId: id })))
      expect(code).toBe("NOT_FOUND");
  });
});
