import { expect, test } from "vitest";
import type { Caller } from "../../src/database/port.js";
import { createOrganizationLoaders, type MemberRecord, type Organizations } from "../../src/services/organizations.js";

const callerNamed = (sub: string): Caller => ({
  role: "authenticated",
  claims: { sub },
  accessToken: null,
  clientAddress: null,
});

test("members of all organizations of a request come with one call for each caller, to that caller's lists", async () => {
  const calls: [unknown, readonly string[]][] = [];
  const members: Organizations["members"] = async (caller, ids) => {
    calls.push([caller.claims?.sub, ids]);
    return ids
      .filter((id) => id !== "foreign")
      .map((organizationId) => ({ id: `${caller.claims?.sub}-${organizationId}`, organizationId }) as MemberRecord);
  };
  const { members: loader } = createOrganizationLoaders({ members } as Organizations);
  const [ada, bob] = [callerNamed("ada"), callerNamed("bob")];
  const lists = await loader.loadMany([
    { reader: ada, organizationId: "1" },
    { reader: ada, organizationId: "2" },
    { reader: bob, organizationId: "1" },
    { reader: ada, organizationId: "1" },
    { reader: bob, organizationId: "foreign" },
  ]);
  expect(calls).toEqual([
    ["ada", ["1", "2"]],
    ["bob", ["1", "foreign"]],
  ]);
  expect(lists.map((list) => (list as MemberRecord[]).map(({ id }) => id))).toEqual([
    ["ada-1"],
    ["ada-2"],
    ["bob-1"],
    ["ada-1"],
    [],
  ]);
});
