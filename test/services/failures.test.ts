import { describe, expect, it } from "vitest";
import type { Alert } from "../../src/services/alarm.js";
import { createFailures } from "../../src/services/failures.js";

function watched(threshold = 5, windowSeconds = 60) {
  const alerts: Alert[] = [];
  const counted: string[] = [];
  let time = 0;
  const failures = createFailures({
    alarm: { raise: (alert) => void alerts.push(alert) },
    count: (kind, times) => void counted.push(`${kind} ${times}`),
    threshold,
    windowSeconds,
    now: () => time,
  });
  return { failures, alerts, counted, pass: (seconds: number) => (time += seconds * 1000) };
}

describe("failures", () => {
  it("raise one alert when the threshold is reached, and none before", () => {
    const { failures, alerts } = watched();
    for (let tries = 1; tries <= 4; tries++) failures.note("code");
    expect(alerts).toEqual([]);
    for (let tries = 1; tries <= 100; tries++) failures.note("code");
    expect(alerts).toEqual([{ alert: "failure_spike", failure: "code", failures: 5, windowSeconds: 60 }]);
  });

  it("raise no second alert while a spike goes on, and one for the next", () => {
    const { failures, alerts, pass } = watched();
    for (let tries = 1; tries <= 50; tries++) {
      failures.note("code");
      pass(10);
    }
    expect(alerts).toHaveLength(1);
    pass(120);
    failures.note("code");
    expect(alerts).toHaveLength(1);
    for (let tries = 1; tries <= 5; tries++) failures.note("code");
    expect(alerts).toHaveLength(2);
  });

  it("of which one alone is a spike already raise an alert again after a window without any", () => {
    const { failures, alerts, pass } = watched(1);
    failures.note("refresh_reuse");
    failures.note("refresh_reuse");
    expect(alerts).toHaveLength(1);
    pass(61);
    failures.note("refresh_reuse");
    expect(alerts).toHaveLength(2);
  });

  it("that come by the handful raise an alert again after a window without any", () => {
    const { failures, alerts, pass } = watched();
    failures.note("code", 200);
    pass(61);
    failures.note("code", 200);
    expect(alerts).toHaveLength(2);
  });

  it("that are spread wider than the window are no spike", () => {
    const { failures, alerts, pass } = watched();
    for (let tries = 1; tries <= 50; tries++) {
      failures.note("relay_signature");
      pass(16);
    }
    expect(alerts).toEqual([]);
  });

  it("of two kinds do not add up", () => {
    const { failures, alerts } = watched();
    failures.note("code", 4);
    failures.note("reveal", 4);
    expect(alerts).toEqual([]);
    failures.note("reveal");
    expect(alerts.map((alert) => "failure" in alert && alert.failure)).toEqual(["reveal"]);
  });

  it("count a request of many tries as many", () => {
    const { failures, alerts, counted } = watched();
    failures.note("code", 100);
    expect(alerts).toHaveLength(1);
    expect(counted).toEqual(["code 100"]);
  });
});
