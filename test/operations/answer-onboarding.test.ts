import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { server as service } from "../support/people.js";
import { type OnboardingAnswer, type ProfileRequests, profileRequestsOf } from "../support/profile-requests.js";
import { refused } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

const file = {
  summary: ["Likes {colour}.", "Speaks {languages}.", "Is {age}, born {birthday}, a morning person: {mornings}."],
  steps: [
    { id: "colour", question: "Which colour?", kind: "choice", options: ["red", "green"] },
    { id: "tongues", question: "Which languages?", kind: "choices", options: ["de", "en", "fr"], trait: "languages" },
    { id: "age", question: "How old?", kind: "number", min: 0, max: 150 },
    { id: "mornings", question: "Up early?", kind: "boolean" },
    { id: "birthday", question: "Born when?", kind: "date" },
    { id: "motto", question: "Your motto?", kind: "text", maxLength: 20, required: false },
  ],
};
const good: [string, unknown][] = [
  ["colour", "green"],
  ["tongues", ["en", "de"]],
  ["age", 36.5],
  ["mornings", false],
  ["birthday", "1815-12-10"],
  ["motto", ""],
];

describe("answerOnboarding", () => {
  const directory = mkdtempSync(join(tmpdir(), "cloakroom-onboarding-"));
  let server: TestServer;
  let requests: ProfileRequests;
  beforeAll(async () => {
    const path = join(directory, "onboarding.json");
    writeFileSync(path, JSON.stringify(file));
    server = await startTestServer({ ONBOARDING_FILE: path, OTP_RESEND_SECONDS: "0" });
    requests = profileRequestsOf(server);
  });
  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  const answer = async (token: string, step: string, value: unknown) => {
    const { data, text } = await requests.answerOnboarding({ step, answer: value }, { token });
    if (!data) throw new Error(text);
    return data.answerOnboarding;
  };
  const answerAll = async (token: string) => {
    let last: OnboardingAnswer | undefined;
    for (const [step, value] of good) last = await answer(token, step, value);
    return last as OnboardingAnswer;
  };

  test("is open from the sign-up on, with all that is asked, and the first step to put", async () => {
    const { token } = await server.signIn();
    const { onboarding } = (await requests.person({ token })).data.me;
    expect(onboarding).toMatchObject({ status: "IN_PROGRESS", step: "colour", answers: {}, completedAt: null });
    expect(onboarding?.questions.map(({ step, kind }) => [step, kind])).toEqual([
      ["colour", "CHOICE"],
      ["tongues", "CHOICES"],
      ["age", "NUMBER"],
      ["mornings", "BOOLEAN"],
      ["birthday", "DATE"],
      ["motto", "TEXT"],
    ]);
    expect(onboarding?.questions[0]).toMatchObject({
      text: "Which colour?",
      options: ["red", "green"],
      required: true,
    });
    expect(onboarding?.questions[5]).toMatchObject({ maxLength: 20, required: false, options: null });
    expect((await requests.person({ token })).data.me.onboarding).toEqual(onboarding);
  });

  test("stands in the very answer to the sign-in", async () => {
    const phone = newPhone();
    await server.graphql("mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }", {
      phone,
    });
    const { data } = await server.graphql<{ confirmVerification: { user: unknown } }>(
      `mutation($phone: String!, $code: String!) {
        confirmVerification(input: { phone: $phone, code: $code }) { user { traits { id } onboarding { step } } }
      }`,
      { phone, code: server.codeOf(phone) },
    );
    expect(data.confirmVerification.user).toEqual({ traits: [], onboarding: { step: "colour" } });
  });

  test("moves on a step an answer; answers become traits, and in the end a profile", async () => {
    const { token } = await server.signIn();
    const opened = (await requests.person({ token })).data.me.onboarding;
    const steps = file.steps.map(({ id }) => id);
    for (const [index, [step, value]] of good.entries()) {
      expect((await requests.person({ token })).data.me.traitProfile, step).toBeNull();
      const session = await answer(token, step, value);
      expect(session).toMatchObject({ id: opened?.id, startedAt: opened?.startedAt, step: steps[index + 1] ?? null });
    }
    const { traits, traitProfile, onboarding } = (await requests.person({ token })).data.me;
    expect(onboarding).toMatchObject({
      status: "COMPLETE",
      step: null,
      answers: { ...Object.fromEntries(good), motto: null },
    });
    expect(Date.parse(onboarding?.completedAt ?? "")).toBeGreaterThan(Date.parse(opened?.startedAt ?? ""));
    expect(traits.map(({ name, value, confidence, source }) => [name, value, confidence, source])).toEqual([
      ["colour", "green", 1, "onboarding"],
      ["languages", ["en", "de"], 1, "onboarding"],
      ["age", 36.5, 1, "onboarding"],
      ["mornings", false, 1, "onboarding"],
      ["birthday", "1815-12-10", 1, "onboarding"],
    ]);
    expect(traitProfile?.summary).toBe("Likes green. Speaks en, de. Is 36.5, born 1815-12-10, a morning person: no.");
    expect(traitProfile?.traits).toMatchObject({ colour: "green", mornings: false });
  });

  test("goes on where it stopped, in another session of the same person", async () => {
    const first = await server.signIn();
    await answer(first.token, "colour", "red");
    const second = await server.signIn(first.phone);
    expect((await requests.person({ token: second.token })).data.me.onboarding).toMatchObject({
      step: "tongues",
      answers: { colour: "red" },
    });
  });

  test("the same answer twice is one, another one corrects it, during the conversation and after it", async () => {
    const { token } = await server.signIn();
    const once = await answer(token, "colour", "red");
    const [trait] = (await requests.person({ token })).data.me.traits;
    expect(await answer(token, "colour", "red")).toEqual(once);
    expect((await requests.person({ token })).data.me.traits).toEqual([trait]);
    expect(await answer(token, "colour", "green")).toMatchObject({ step: "tongues", answers: { colour: "green" } });
    const done = await answerAll(token);
    const corrected = await answer(token, "colour", "red");
    expect(corrected).toMatchObject({ status: "COMPLETE", step: null, completedAt: done.completedAt });
    const { traits, traitProfile } = (await requests.person({ token })).data.me;
    expect(traits[0]).toMatchObject({ id: trait?.id, value: "red" });
    expect(traitProfile?.summary).toMatch(/^Likes red\./);
  });

  test("an optional step may be left open, and the trait of an earlier answer goes with it", async () => {
    const { token } = await server.signIn();
    await answerAll(token);
    await answer(token, "motto", "onwards");
    expect((await requests.person({ token })).data.me.traitProfile?.traits).toMatchObject({ motto: "onwards" });
    expect(await answer(token, "motto", " ")).toMatchObject({ answers: { motto: null } });
    expect((await requests.person({ token })).data.me.traitProfile?.traits).not.toHaveProperty("motto");
  });

  test("an unknown step and one that is not reached are BAD_USER_INPUT by input.step, and nothing is kept", async () => {
    const { token } = await server.signIn();
    for (const step of ["nothing", "", "tongues", "motto", "Colour", "__proto__", "x".repeat(5000)])
      expect(refused(await requests.answerOnboarding({ step, answer: "green" }, { token })), step).toEqual({
        code: "BAD_USER_INPUT",
        field: "input.step",
      });
    expect((await requests.person({ token })).data.me).toMatchObject({ traits: [], onboarding: { answers: {} } });
  });

  test("an answer that a step does not take is BAD_USER_INPUT by input.answer, which does not quote it", async () => {
    const { token } = await server.signIn();
    const wrong: Record<string, unknown[]> = {
      colour: ["canary", "", "RED", 0, true, [], ["red"], {}, { red: 1 }],
      tongues: ["de", [], ["de", "de"], ["canary"], [["de"]], [1], {}],
      age: ["36", -0.1, 150.1, true, [36], {}],
      mornings: ["true", 0, 1, [], {}],
      birthday: ["1815-02-30", "10.12.1815", "", 1815, "1815-12-10T00:00:00Z", {}],
      motto: ["x".repeat(21), 1, ["canary"], { a: "canary" }, false],
    };
    for (const [step, value] of good) {
      for (const one of wrong[step] ?? []) {
        const refusal = await requests.answerOnboarding({ step, answer: one }, { token });
        expect(refused(refusal), `${step}: ${JSON.stringify(one)}`).toEqual({
          code: "BAD_USER_INPUT",
          field: "input.answer",
        });
        expect(refusal.text).not.toContain("canary");
      }
      await answer(token, step, value);
    }
  });

  test("is UNAUTHENTICATED without a session, and one person's answers are nobody else's", async () => {
    expect((await requests.answerOnboarding({ step: "colour", answer: "red" })).code).toBe("UNAUTHENTICATED");
    const owner = await server.signIn();
    const colleague = await server.signInMember(owner, "ADMIN");
    await answer(owner.token, "colour", "red");
    expect((await requests.person({ token: colleague.token })).data.me).toMatchObject({
      traits: [],
      onboarding: { answers: {}, step: "colour" },
    });
  });

  test("of two answers at once each is taken in its turn, and none is lost", async () => {
    const { token } = await server.signIn();
    await answer(token, "colour", "red");
    const tries = ["red", "green", "red", "green"].map((value) => answer(token, "colour", value));
    const both = await Promise.all([...tries, answer(token, "tongues", ["fr"])]);
    expect(both.every(({ status }) => status === "IN_PROGRESS")).toBe(true);
    const { onboarding, traits } = (await requests.person({ token })).data.me;
    expect(onboarding).toMatchObject({ step: "age", answers: { tongues: ["fr"] } });
    expect(traits.map(({ name }) => name)).toEqual(["colour", "languages"]);
    expect(traits[0]?.value).toBe(onboarding?.answers.colour);
  });

  test("answers stand sealed in the database, and are in no line of the log", async () => {
    const { token } = await server.signIn();
    await answerAll(token);
    await answer(token, "motto", "canary-of-a-motto");
    expect(canariesIn(await tableDump(server.admin), ["canary-of-a-motto"])).toEqual([]);
    expect(server.output()).not.toContain("canary-of-a-motto");
  });

  test("another file in mid-conversation: answers stay, what is new is asked, what is gone stays a trait", async () => {
    const configure = (script: object) => server.database.call("configure_onboarding", { script }, service);
    const stored = (await server.admin.query("select onboarding from cloakroom.settings")).rows[0].onboarding;
    const [midway, finished] = [await server.signIn(), await server.signIn()];
    for (const [step, value] of good.slice(0, 2)) await answer(midway.token, step, value);
    await answerAll(finished.token);
    const [first, , ...later] = stored.steps;
    const added = { id: "city", question: "Where?", kind: "text", required: true, trait: "city", maxLength: 50 };
    await configure({ ...stored, steps: [added, first, ...later] });
    const read = async (token: string) => (await requests.person({ token })).data.me;
    expect((await read(midway.token)).onboarding).toMatchObject({ step: "city", answers: { tongues: ["en", "de"] } });
    expect((await read(midway.token)).traits.map(({ name }) => name)).toEqual(["colour", "languages"]);
    expect(await answer(midway.token, "city", "London")).toMatchObject({ step: "age" });
    expect((await requests.answerOnboarding({ step: "tongues", answer: ["fr"] }, { token: midway.token })).code).toBe(
      "BAD_USER_INPUT",
    );
    expect((await read(finished.token)).onboarding).toMatchObject({ status: "COMPLETE", step: null });
    expect(await answer(finished.token, "city", "Paris")).toMatchObject({ status: "COMPLETE" });

    await configure({ ...stored, steps: [first] });
    const rest = await read(midway.token);
    expect(rest.onboarding).toMatchObject({ status: "COMPLETE", step: null });
    expect(rest.onboarding?.completedAt).not.toBeNull();
    expect(rest.traitProfile?.traits).toMatchObject({ city: "London", languages: ["en", "de"] });
    await configure({ summary: [], steps: [] });
    expect((await read(midway.token)).onboarding).toBeNull();
    await configure(stored);
  });
});
