import { describe, expect, it } from "vitest";
import { createHooksAdmission, type HookEntry } from "../../src/http/hooks-admission.js";

const isRefused = ({ wait }: HookEntry) => wait > 0;
const refusals = (times: number, enter: () => HookEntry) => Array.from({ length: times }, enter).map(isRefused);

describe("the admission of deliveries", () => {
  it("counts what does not verify against the network, whichever endpoint it names", () => {
    const { enter } = createHooksAdmission(2);
    let n = 0;
    expect(refusals(3, () => enter("203.0.113.1", `endpoint ${n++}`))).toEqual([false, false, true]);
    expect(enter("203.0.113.2", "endpoint 0").wait).toBe(0);
  });

  it("counts a sender that has delivered by its endpoint, so that others' failures on its network do not stop it", () => {
    const { enter } = createHooksAdmission(2);
    enter("203.0.113.1", "own").stored();
    refusals(5, () => enter("203.0.113.1", "foreign"));
    expect(refusals(3, () => enter("203.0.113.1", "own"))).toEqual([false, false, true]);
    expect(isRefused(enter("203.0.113.1", "foreign"))).toBe(true);
  });

  it("counts nothing that is stored against its network, however often and however many at once", () => {
    const { enter } = createHooksAdmission(2);
    for (let n = 0; n < 100; n++) {
      const entries = [enter("203.0.113.1", `own ${n}`), enter("203.0.113.1", `own ${n}`)];
      expect(entries.map(isRefused)).toEqual([false, false]);
      for (const entry of entries) entry.stored();
    }
    expect(refusals(3, () => enter("203.0.113.1", "foreign"))).toEqual([false, false, true]);
  });

  it("stores ten times as many at one endpoint, however it is written and wherever from; others go on", () => {
    const { enter } = createHooksAdmission(1);
    for (let n = 0; n < 10; n++) {
      const entry = enter(`203.0.113.${n}`, n % 2 ? "a" : "A");
      expect(isRefused(entry)).toBe(false);
      entry.stored();
    }
    expect(enter("203.0.113.99", "a").wait).toBeGreaterThan(0);
    expect(isRefused(enter("203.0.113.99", "b"))).toBe(false);
  });

  it("lets nobody use up what an endpoint may store by deliveries that fail", () => {
    const { enter } = createHooksAdmission(1);
    for (let n = 0; n < 50; n++) enter(`203.0.113.${n}`, "a");
    expect(isRefused(enter("203.0.113.99", "a"))).toBe(false);
  });

  it("forgets the sender that delivered longest ago", () => {
    const { enter } = createHooksAdmission(1, 2);
    for (const endpoint of ["a", "b", "c"]) enter("203.0.113.1", endpoint).stored();
    expect(refusals(1, () => enter("203.0.113.1", "x"))).toEqual([false]);
    expect(refusals(1, () => enter("203.0.113.1", "a"))).toEqual([true]);
    expect(refusals(1, () => enter("203.0.113.1", "b"))).toEqual([false]);
  });

  it("has no limit where it is 0", () => {
    const { enter } = createHooksAdmission(0);
    enter("203.0.113.1", "a").stored();
    expect(refusals(1000, () => enter("203.0.113.1", "a"))).not.toContain(true);
  });
});
