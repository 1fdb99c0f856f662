import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProfileRequests, profileRequestsOf } from "../support/profile-requests.js";
import { refused } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

describe("setTrait", () => {
  let server: TestServer;
  let requests: ProfileRequests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = profileRequestsOf(server);
  });
  afterAll(() => server.close());

  test("keeps any JSON value but null, with confidence 1 and source user where none is given", async () => {
    const { token } = await server.signIn();
    const values = ["text", "", 0, -1.5e-7, true, false, [], [null], {}, { snake_case: { __proto: [1] } }, "5", "[1]"];
    for (const [index, value] of values.entries()) {
      const { data, text } = await requests.setTrait({ name: `trait ${index}`, value }, { token });
      expect(data?.setTrait, text).toMatchObject({ name: `trait ${index}`, value, confidence: 1, source: "user" });
    }
    const { traits, traitProfile } = (await requests.person({ token })).data.me;
    expect(traits.map(({ value }) => value)).toEqual(values);
    expect(traitProfile?.traits).toEqual(Object.fromEntries(values.map((value, index) => [`trait ${index}`, value])));
  });

  test("takes the place of a trait of the same name, which keeps its id; the same once more changes nothing", async () => {
    const { token } = await server.signIn();
    const set = async (input: object) => (await requests.setTrait({ name: "pet", ...input }, { token })).data.setTrait;
    const cat = await set({ value: "cat" });
    const dog = await set({ name: " pet ", value: "dog", confidence: 0.25, source: "a chat" });
    expect(dog).toMatchObject({ id: cat.id, name: "pet", value: "dog", confidence: 0.25, source: "a chat" });
    expect(Date.parse(dog.updatedAt)).toBeGreaterThanOrEqual(Date.parse(cat.updatedAt));
    expect(await set({ value: "dog", confidence: 0.25, source: "a chat" })).toEqual(dog);
    expect((await requests.person({ token })).data.me.traits).toEqual([dog]);
  });

  test("draws the profile together, and renews it", async () => {
    const { token } = await server.signIn();
    expect((await requests.person({ token })).data.me.traitProfile).toBeNull();
    await requests.setTrait({ name: "occupation", value: "engineer" }, { token });
    const first = (await requests.person({ token })).data.me.traitProfile;
    expect(first).toMatchObject({ summary: "Works as engineer.", traits: { occupation: "engineer" } });
    await requests.setTrait({ name: "occupation", value: "{purpose} \\1 %s $& {occupation}" }, { token });
    const second = (await requests.person({ token })).data.me.traitProfile;
    expect(second?.summary).toBe("Works as {purpose} \\1 %s $& {occupation}.");
    expect(Date.parse(second?.updatedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(first?.updatedAt ?? ""));
  });

  test("what is out of bounds is BAD_USER_INPUT by its field, and nothing is kept", async () => {
    const { token } = await server.signIn();
    const good = { name: "n", value: 1 };
    const fields: [object, string][] = [
      [{ ...good, name: "" }, "input.name"],
      [{ ...good, name: " " }, "input.name"],
      [{ ...good, name: "x".repeat(201) }, "input.name"],
      [{ ...good, value: "x".repeat(16_383) }, "input.value"],
      [{ ...good, value: { a: "ü".repeat(8200) } }, "input.value"],
      [{ ...good, confidence: -0.1 }, "input.confidence"],
      [{ ...good, confidence: 1.000001 }, "input.confidence"],
      [{ ...good, source: "" }, "input.source"],
      [{ ...good, source: "x".repeat(201) }, "input.source"],
    ];
    for (const [input, field] of fields)
      expect(refused(await requests.setTrait(input, { token })), field).toEqual({ code: "BAD_USER_INPUT", field });
    expect((await requests.setTrait({ name: "n", value: null }, { token })).code).toBe("BAD_USER_INPUT");
    expect((await requests.person({ token })).data.me.traits).toEqual([]);
    expect((await requests.setTrait({ ...good, value: "x".repeat(16_382) }, { token })).code).toBeNull();
  });

  test("is UNAUTHENTICATED without a session, and what one person says of themselves no other sees", async () => {
    const owner = await server.signIn();
    const colleague = await server.signInMember(owner, "OWNER");
    expect((await requests.setTrait({ name: "n", value: 1 })).code).toBe("UNAUTHENTICATED");
    await requests.setTrait({ name: "n", value: "canary-of-the-owner" }, { token: owner.token });
    const { data, text } = await requests.person({ token: colleague.token });
    expect(data.me).toMatchObject({ traits: [], traitProfile: null });
    expect(text).not.toContain("canary");
  });

  test("stands sealed in the database, and neither in the log nor in an error", async () => {
    const { token } = await server.signIn();
    const canaries = ["canary-trait-value", "canary-trait-key", "canary-trait-refused"];
    const value = { [canaries[1] ?? ""]: canaries[0] };
    await requests.setTrait({ name: "told", value }, { token });
    const { text } = await requests.setTrait({ name: "told", value: `${canaries[2]}${"x".repeat(16_384)}` }, { token });
    expect(canariesIn(text, canaries)).toEqual([]);
    expect(canariesIn(await tableDump(server.admin), canaries)).toEqual([]);
    expect(canariesIn(server.output(), canaries)).toEqual([]);
  });
});
