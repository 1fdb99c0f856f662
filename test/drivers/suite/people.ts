import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { server } from "../support/stage.js";

const script = {
  steps: [
    { id: "first_name", question: "Näme ☃?", kind: "text", maxLength: 10, required: true, trait: "first_name" },
    { id: "likes", question: "Likes?", kind: "choices", options: ["tea", "red_wine"], required: false, trait: "likes" },
  ],
  summary: ["Goes by {first_name}."],
};

/** What a person is told about themselves and says of themselves: profile, traits, onboarding, export, deletion. */
export const people: Suite = (stage) => {
  const refusedAs = async (call: Promise<unknown>) => {
    const { sqlState, detail } = await stage().refusal(call);
    return [sqlState, detail];
  };
  const ask = () => stage().call("configure_onboarding", { script }, server);
  const answer = (step: string, given: unknown, { caller } = stage().owner) =>
    stage().call("answer_onboarding", { input: { step, answer: given } }, caller);

  it("changes a person's name, clears it, and leaves what is left out", async () => {
    const { caller } = await stage().signIn(stage().nextPhone(), { name: "Ada" });
    const change = (changes: object) => stage().call("update_profile", { changes }, caller);
    expect((await change({})).name).toBe("Ada");
    expect((await change({ name: "  Zoë 🔐 " })).name).toBe("Zoë 🔐");
    expect((await change({ name: null })).name).toBeNull();
    expect(await refusedAs(change({ name: " " }))).toEqual(["CR422", "input.name"]);
    expect(await refusedAs(stage().call("update_profile", { changes: {} }, stage().gone.caller))).toEqual([
      "CR401",
      null,
    ]);
  });

  it("keeps traits of any JSON to the letter, each name once, and draws them together", async () => {
    const { caller } = await stage().signIn();
    const set = (input: object) => stage().call("set_trait", { input }, caller);
    const value = { snake_case: [1, "ü☃", null, { camelCase: true }], __proto: "x", "": 0.1 };
    const kept = await set({ name: "all_kinds", value, confidence: 0.5, source: "test" });
    expect(kept).toMatchObject({ name: "all_kinds", value, confidence: 0.5, source: "test" });
    expect((await set({ name: "all_kinds", value: false })).id).toBe(kept.id);
    const { userTraits, traitProfile } = await stage().call("person", {}, caller);
    expect(userTraits).toMatchObject([{ name: "all_kinds", value: false, confidence: 1, source: "user" }]);
    expect(traitProfile?.traits).toEqual({ all_kinds: false });
    expect(await refusedAs(set({ name: "none", value: null }))).toEqual(["CR422", "input.value"]);
    expect(await refusedAs(stage().call("person", {}, stage().gone.caller))).toEqual(["CR401", null]);
  });

  it("asks what the server says, step by step, and takes answers that fit", async () => {
    expect(await ask()).toBe(true);
    const someone = await stage().signIn();
    expect(await refusedAs(answer("likes", ["tea"], someone))).toEqual(["CR422", "input.step"]);
    expect(await refusedAs(answer("first_name", "n".repeat(11), someone))).toEqual(["CR422", "input.answer"]);
    const open = await answer("first_name", "Ädä", someone);
    expect(open).toMatchObject({ status: "IN_PROGRESS", step: "likes", answers: { first_name: "Ädä" } });
    const done = await answer("likes", ["red_wine"], someone);
    expect(done).toMatchObject({ status: "COMPLETE", step: null });
    expect(done.questions).toMatchObject([
      { step: "first_name", kind: "TEXT", maxLength: 10 },
      { step: "likes", kind: "CHOICES", options: ["tea", "red_wine"] },
    ]);
    const { traitProfile } = await stage().call("person", {}, someone.caller);
    expect(traitProfile).toMatchObject({
      summary: "Goes by Ädä.",
      traits: { first_name: "Ädä", likes: ["red_wine"] },
    });
    const malformed = stage().call("configure_onboarding", { script: { steps: 1 } }, server);
    expect(await refusedAs(malformed)).toEqual(["CR422", "script"]);
  });

  it("exports all of a person's own, and none of it without a session", async () => {
    await ask();
    const someone = await stage().signIn(stage().nextPhone(), { name: "Ada" });
    await answer("first_name", "Ada_Ä", someone);
    const exported = await stage().call("export_account", {}, someone.caller);
    expect(exported).toMatchObject({
      user: { id: someone.userId, name: "Ada", phone: someone.phone },
      sessions: [{ id: someone.sessionId }],
      traits: [{ name: "first_name", value: "Ada_Ä" }],
      onboarding: { answers: { first_name: "Ada_Ä" } },
      memberships: [{ organization: "Personal", role: "OWNER" }],
      conversations: [],
    });
    expect(await refusedAs(stage().call("export_account", {}, stage().gone.caller))).toEqual(["CR401", null]);
  });

  it("deletes an account, after which neither token nor session is anybody's, and refuses the last owner", async () => {
    const someone = await stage().signIn();
    await stage().call("set_trait", { input: { name: "likes", value: "tea" } }, someone.caller);
    expect(await stage().call("delete_account", {}, someone.caller)).toBe(true);
    expect(await refusedAs(stage().call("me", {}, someone.caller))).toEqual(["CR401", null]);
    expect(await refusedAs(stage().call("delete_account", {}, someone.caller))).toEqual(["CR401", null]);
    const { refreshToken } = someone;
    expect((await stage().call("refresh_session", { refreshToken }, server)).outcome).toBe("refused");
    const joined = [stage().owner, stage().admin];
    for (const { caller } of joined) await stage().call("me", {}, caller);
    expect((await stage().refusal(stage().call("delete_account", {}, stage().owner.caller))).sqlState).toBe("CR403");
    expect((await stage().call("me", {}, stage().owner.caller)).id).toBe(stage().owner.userId);
  });
};
