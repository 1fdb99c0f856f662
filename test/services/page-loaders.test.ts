import { expect, test } from "vitest";
import type { Caller } from "../../src/database/port.js";
import { createRelayLoaders } from "../../src/services/relay-loaders.js";
import { createTableLoaders } from "../../src/services/table-loaders.js";
import { createUsageLimitLoaders } from "../../src/services/usage-limits.js";
import { createWebhookLoaders } from "../../src/services/webhook-loaders.js";

const caller: Caller = { role: "authenticated", claims: { sub: "ada" }, accessToken: null, clientAddress: null };

/** Each kind of page, and how a loader asks for one of `id`'s. */
function loadersOver(called: (ids: readonly string[], page: object) => void) {
  const read = (parent: string) => async (_: Caller, ids: readonly string[], page: object) => {
    called(ids, page);
    return [...ids].reverse().map((id) => ({ id: `child of ${id}`, [parent]: id }));
  };
  const tables = createTableLoaders({ rows: read("tableId") } as never, caller);
  const relay = createRelayLoaders({ messages: read("conversationId") } as never, caller);
  const webhooks = createWebhookLoaders({ webhookEvents: read("endpointId") } as never, caller);
  return {
    rows: (id: string, limit = 51) => tables.rows.load({ tableId: id, limit, after: null }),
    messages: (id: string, limit = 51) => relay.messages.load({ conversationId: id, limit, after: null }),
    events: (id: string, limit = 51) =>
      webhooks.webhookEvents.load({ endpointId: id, limit, after: null, asText: false }),
  };
}

const parents = Array.from({ length: 1_001 }, (_, index) => `parent ${index}`);

test.each(["rows", "messages", "events"] as const)(
  "%s of more than a thousand parents come with several calls",
  async (kind) => {
    const calls: number[] = [];
    const load = loadersOver((ids) => calls.push(ids.length))[kind];
    const lists = await Promise.all(parents.map((id) => load(id)));
    expect(lists).toEqual(parents.map((id) => [expect.objectContaining({ id: `child of ${id}` })]));
    expect(calls).toEqual([1_000, 1]);
  },
);

test.each(["rows", "messages", "events"] as const)(
  "%s come with one call for each page, however often it is asked for",
  async (kind) => {
    const calls: unknown[] = [];
    const load = loadersOver((ids, { limit }: { limit?: number }) => calls.push([limit, ids]))[kind];
    const lists = await Promise.all([load("a"), load("b"), load("a"), load("a", 2)]);
    expect(lists.map(([child]) => child?.id)).toEqual(["child of a", "child of b", "child of a", "child of a"]);
    expect(calls).toEqual([
      [51, ["a", "b"]],
      [2, ["a"]],
    ]);
  },
);

test("limits of more than a thousand organizations come with several calls", async () => {
  const calls: number[] = [];
  const usageLimits = async (_: Caller, ids: readonly string[]) => {
    calls.push(ids.length);
    return new Map();
  };
  const { usageLimits: loader } = createUsageLimitLoaders({ usageLimits } as never);
  await loader.loadMany(parents.map((organizationId) => ({ reader: caller, organizationId })));
  expect(calls).toEqual([1_000, 1]);
});
