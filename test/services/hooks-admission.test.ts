import { describe, expect, it } from "vitest";
import { createHooksAdmission } from "../../src/http/hooks-admission.js";

const enterTimes = (times: number, enter: () => number) => Array.from({ length: times }, enter).map((wait) => wait > 0);

describe("the admission of deliveries", () => {
  it("counts what does not verify against the network, whichever endpoint it names", () => {
    const { enter } = createHooksAdmission(2);
    let n = 0;
    expect(enterTimes(3, () => enter("203.0.113.1", `endpoint ${n++}`))).toEqual([false, false, true]);
    expect(enter("203.0.113.2", "endpoint 0")).toBe(0);
  });

  it("counts a sender that verified by its endpoint, so that others' failures on its network do not stop it", () => {
    const { enter, verified } = createHooksAdmission(2);
    expect(enter("203.0.113.1", "own")).toBe(0);
    verified("203.0.113.1", "own");
    enterTimes(5, () => enter("203.0.113.1", "foreign"));
    expect(enterTimes(3, () => enter("203.0.113.1", "own"))).toEqual([false, false, true]);
    expect(enter("203.0.113.1", "foreign")).toBeGreaterThan(0);
  });

  it("gives a network back what verified, and forgets the sender that delivered longest ago", () => {
    const { enter, verified } = createHooksAdmission(1, 2);
    for (const endpoint of ["a", "b", "c"]) {
      expect(enter("203.0.113.1", endpoint)).toBe(0);
      verified("203.0.113.1", endpoint);
    }
    expect(enter("203.0.113.1", "x")).toBe(0);
    expect(enter("203.0.113.1", "a")).toBeGreaterThan(0);
    expect(enter("203.0.113.1", "b")).toBe(0);
  });

  it("has no limit where it is 0", () => {
    const { enter, verified } = createHooksAdmission(0);
    verified("203.0.113.1", "a");
    expect(enterTimes(1000, () => enter("203.0.113.1", "a"))).not.toContain(true);
  });
});
