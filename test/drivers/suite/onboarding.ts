import { afterAll, beforeAll, expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { type Someone, server } from "../support/stage.js";

const steps = [
  { id: "first_name", question: "Your {name}?", kind: "text", trait: "first_name", required: true, maxLength: 20 },
  { id: "tongues", question: "Which?", kind: "choices", options: ["de_AT", "en"], trait: "languages", required: true },
  { id: "mornings", question: "Early?", kind: "boolean", trait: "is_early", required: true },
  { id: "age", question: "How old?", kind: "number", min: 0, max: 150.5, trait: "age", required: true },
  { id: "born", question: "When?", kind: "date", trait: "born", required: true },
  { id: "motto", question: "Motto?", kind: "text", trait: "motto", required: false, maxLength: 20 },
];
const script = { steps, summary: ["Hi {first_name}!", "Speaks {languages}.", "{motto}"] };
const good: [string, unknown][] = [
  ["first_name", " Zoë_Å {motto} "],
  ["tongues", ["en", "de_AT"]],
  ["mornings", false],
  ["age", 36.5],
  ["born", "1815-12-10"],
  ["motto", ""],
];
const kept = { first_name: "Zoë_Å {motto}", tongues: ["en", "de_AT"], mornings: false, age: 36.5, born: "1815-12-10" };

export const onboarding: Suite = (stage) => {
  const configure = (asked: unknown) => stage().call("configure_onboarding", { script: asked }, server);
  const answer = ({ caller }: Someone, step: unknown, given: unknown) =>
    stage().call("answer_onboarding", { input: { step, answer: given } }, caller);
  const person = ({ caller }: Someone) => stage().call("person", {}, caller);
  // The other nouns' people are asked nothing.
  beforeAll(async () => void (await configure(script)));
  afterAll(async () => void (await configure({ steps: [], summary: [] })));

  it("tells what it asks, with the questions' own words and options as they were given", async () => {
    expect(await configure(script)).toBe(true);
    const { onboarding: open } = await person(await stage().signIn());
    expect(open).toMatchObject({ status: "IN_PROGRESS", step: "first_name", answers: {}, completedAt: null });
    expect(Object.keys(open ?? {}).sort()).toEqual(
      ["answers", "completedAt", "id", "questions", "startedAt", "status", "step"].sort(),
    );
    const [text, choices, , number] = (open?.questions ?? []) as object[];
    expect(text).toEqual({ step: "first_name", text: "Your {name}?", kind: "TEXT", required: true, maxLength: 20 });
    expect(choices).toMatchObject({ step: "tongues", kind: "CHOICES", options: ["de_AT", "en"] });
    expect(number).toMatchObject({ kind: "NUMBER", min: 0, max: 150.5 });
  });

  it("moves on by each answer, keeps answers and steps' ids untouched, and makes traits of them", async () => {
    const someone = await stage().signIn();
    const states = [];
    for (const [step, given] of good) {
      const after = await answer(someone, step, given);
      states.push([after.status, after.step]);
    }
    expect(states).toEqual([...good.slice(1).map(([step]) => ["IN_PROGRESS", step]), ["COMPLETE", null]]);
    const { userTraits, traitProfile, onboarding: done } = await person(someone);
    expect(done?.answers).toEqual({ ...kept, motto: null });
    expect(done?.completedAt).toEqual(expect.any(String));
    expect(userTraits.map(({ name, value, source }) => [name, value, source])).toEqual([
      ["first_name", "Zoë_Å {motto}", "onboarding"],
      ["languages", ["en", "de_AT"], "onboarding"],
      ["is_early", false, "onboarding"],
      ["age", 36.5, "onboarding"],
      ["born", "1815-12-10", "onboarding"],
    ]);
    expect(traitProfile).toMatchObject({
      summary: "Hi Zoë_Å {motto}! Speaks en, de_AT.",
      traits: Object.fromEntries(userTraits.map(({ name, value }) => [name, value])),
    });
  });

  it("takes another answer for a step that was answered", async () => {
    const someone = await stage().signIn();
    await answer(someone, "first_name", "Ada");
    expect(await answer(someone, "first_name", "Eva")).toMatchObject({
      step: "tongues",
      answers: { first_name: "Eva" },
    });
  });

  it("takes answers at once in turn", async () => {
    const someone = await stage().signIn();
    const { database } = stage().driver;
    const given = Array.from({ length: 10 }, (_, n) => ({ input: { step: "first_name", answer: `name ${n}` } }));
    const answers = await Promise.all(given.map((args) => database.call("answer_onboarding", args, someone.caller)));
    expect(answers.map(({ answers: all }) => all)).toEqual(given.map(({ input }) => ({ first_name: input.answer })));
    expect((await database.call("person", {}, someone.caller)).userTraits).toHaveLength(1);
  });

  it.each([
    ["none", "x", "input.step"],
    [null, "x", "input.step"],
    ["age", 1, "input.step"],
    ["first_name", "", "input.answer"],
    ["first_name", null, "input.answer"],
    ["first_name", "canary".repeat(9), "input.answer"],
    ["first_name", { canary: 1 }, "input.answer"],
  ])("refuses the step %j with %j by its field, and keeps nothing", async (step, given, field) => {
    const someone = await stage().signIn();
    const refusal = await stage().refusal(answer(someone, step, given));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: field });
    expect(refusal.message).not.toContain("canary");
    expect((await person(someone)).onboarding).toMatchObject({ step: "first_name", answers: {} });
  });

  it("shows a person's answers to nobody else, and takes none without a session", async () => {
    const someone = await stage().signIn();
    await answer(someone, "first_name", "Ada");
    expect((await person(await stage().signIn())).onboarding?.answers).toEqual({});
    expect((await stage().refusal(answer(stage().gone, "first_name", "Ada"))).sqlState).toBe("CR401");
  });

  it.each([null, [], "steps", {}, { steps: [] }, { steps: {}, summary: [] }])(
    "refuses the script %j, and goes on asking what it asked",
    async (asked) => {
      const refusal = await stage().refusal(configure(asked));
      expect(refusal).toMatchObject({ sqlState: "CR422", detail: "script" });
      expect((await person(await stage().signIn())).onboarding?.questions).toHaveLength(steps.length);
    },
  );
};
