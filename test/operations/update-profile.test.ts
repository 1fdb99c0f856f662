import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProfileRequests, profileRequestsOf } from "../support/profile-requests.js";
import { refused } from "../support/requests.js";
import { startTestServer, type TestServer } from "../support/server.js";

describe("updateProfile", () => {
  let server: TestServer;
  let requests: ProfileRequests;
  beforeAll(async () => {
    server = await startTestServer();
    requests = profileRequestsOf(server);
  });
  afterAll(() => server.close());

  test("changes the name, trimmed; what is left out stays, null clears", async () => {
    const { token } = await server.signIn(undefined, { name: "Ada" });
    const nameAfter = async (input: object) => (await requests.updateProfile(input, { token })).data.updateProfile.name;
    expect(await nameAfter({})).toBe("Ada");
    expect(await nameAfter({ name: "  Grace Hopper\n" })).toBe("Grace Hopper");
    expect((await requests.person({ token })).data.me.name).toBe("Grace Hopper");
    expect(await nameAfter({ name: null })).toBeNull();
    expect(await nameAfter({ name: "😀".repeat(200) })).toHaveLength(400);
  });

  test("answers the user, the phone masked, and reads what hangs below anew after each of several mutations", async () => {
    const { token, userId, phone } = await server.signIn();
    const { data, text } = await server.graphql<Record<"a" | "b", { id: string; phone: string; traits: unknown[] }>>(
      `mutation {
        a: updateProfile(input: { name: "A" }) { id phone traits { name } }
        setTrait(input: { name: "colour", value: "green" }) { id }
        b: updateProfile(input: {}) { id phone traits { name } }
      }`,
      {},
      { token },
    );
    expect(data.a).toEqual({ id: userId, phone: `+1••••••••${phone.slice(-2)}`, traits: [] });
    expect(data.b.traits).toEqual([{ name: "colour" }]);
    expect(text).not.toContain(phone.slice(1));
  });

  test("a name that is empty or over 200 characters is BAD_USER_INPUT, and nothing is changed", async () => {
    const { token } = await server.signIn(undefined, { name: "Ada" });
    for (const name of ["", " \t", "x".repeat(201), "a\0b", "\ud800"])
      expect(refused(await requests.updateProfile({ name }, { token }))).toEqual({
        code: "BAD_USER_INPUT",
        field: "input.name",
      });
    expect((await requests.person({ token })).data.me.name).toBe("Ada");
  });

  test("is UNAUTHENTICATED without a session, and touches nobody else", async () => {
    const [ada, grace] = [await server.signIn(undefined, { name: "Ada" }), await server.signIn()];
    expect((await requests.updateProfile({ name: "Nobody" })).code).toBe("UNAUTHENTICATED");
    await requests.updateProfile({ name: "Grace" }, { token: grace.token });
    expect((await requests.person({ token: ada.token })).data.me.name).toBe("Ada");
  });
});
