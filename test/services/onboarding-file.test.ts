import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ownOnboarding } from "../../src/config/onboarding-file.js";
import { readSettings } from "../../src/config.js";

describe("ONBOARDING_FILE", () => {
  const directory = mkdtempSync(join(tmpdir(), "cloakroom-onboarding-"));
  const path = join(directory, "steps.json");
  afterAll(() => rmSync(directory, { recursive: true }));

  const settingsWith = (content: unknown) => {
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return readSettings({ ONBOARDING_FILE: path });
  };
  const faultOf = (content: unknown) => {
    try {
      settingsWith(content);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const step = { id: "name", question: "Who?", kind: "text" };

  test("left out, the package's own questions are asked: each is one to answer in words", () => {
    expect(readSettings({}).onboarding).toBeNull();
    const { steps, summary } = ownOnboarding();
    expect(steps.map(({ kind }) => kind)).toEqual(steps.map(() => "text"));
    expect(summary.length).toBeGreaterThan(0);
  });

  test("names steps in short: the rest has defaults", () => {
    expect(settingsWith({ steps: [step, { id: "age", question: "How old?", kind: "number" }] }).onboarding).toEqual({
      summary: [],
      steps: [
        { ...step, required: true, trait: "name", maxLength: 1000 },
        { id: "age", question: "How old?", kind: "number", required: true, trait: "age", min: -1e15, max: 1e15 },
      ],
    });
    expect(settingsWith({ steps: [] }).onboarding).toEqual({ steps: [], summary: [] });
  });

  test("a file that cannot be used is named in the start-up error, with every fault of it", () => {
    expect(faultOf("{")).toBe("The server cannot start: ONBOARDING_FILE must name a file of JSON.");
    rmSync(path);
    expect(() => readSettings({ ONBOARDING_FILE: path })).toThrow("ONBOARDING_FILE must name a file that can be read");
    const faults: [unknown, RegExp][] = [
      [[], /ONBOARDING_FILE names a file that does not say what to ask \(.*object/],
      [{}, /steps/],
      [{ steps: [{ ...step, kind: "essay" }] }, /steps\.0\.kind/],
      [{ steps: [{ ...step, id: "1" }] }, /steps\.0\.id/],
      [{ steps: [{ ...step, maxlength: 3 }] }, /maxlength/],
      [{ steps: [{ ...step, options: ["a"] }] }, /options/],
      [{ steps: [{ ...step, kind: "choice" }] }, /steps\.0\.options/],
      [
        { steps: [{ ...step, kind: "choices", options: ["a", "a"] }] },
        /steps\.0\.options: must not hold an option twice/,
      ],
      [{ steps: [{ ...step, kind: "number", min: 2, max: 1 }] }, /steps\.0: must not have a min above its max/],
      [{ steps: [{ ...step, question: "Who\0?" }] }, /steps\.0\.question: must hold neither NUL/],
      [JSON.stringify({ steps: [{ ...step, kind: "choice", options: ["\ud800"] }] }), /steps\.0\.options\.0/],
      [{ steps: [step, step] }, /must not have an id twice/],
      [{ steps: [step, { ...step, id: "other", trait: "name" }] }, /must not name a trait twice/],
      [{ steps: [step], summary: ["Called {nmae}."] }, /summary must name no trait that no step has/],
      [{ steps: [step], summary: ["Called {name."] }, /summary\.0/],
      [
        {
          steps: [
            { ...step, id: "" },
            { ...step, question: "" },
          ],
        },
        /steps\.0\.id.*steps\.1\.question/,
      ],
    ];
    for (const [content, fault] of faults) expect(faultOf(content), JSON.stringify(content)).toMatch(fault);
  });
});
