import { describe, expect, it } from "vitest";
import { createAlarm } from "../../src/services/alarm.js";

function rung() {
  const lines: string[] = [];
  const delivered: unknown[] = [];
  let time = 0;
  const alarm = createAlarm({
    log: (message, fields) => void lines.push(JSON.stringify({ message, ...fields })),
    count: () => undefined,
    receiver: {
      async deliver(alert) {
        delivered.push(alert);
        throw new Error("canary of a receiver");
      },
    },
    quietSeconds: 60,
    now: () => time,
  });
  return { alarm, lines, delivered, pass: (seconds: number) => (time += seconds * 1000) };
}

const broken = { alert: "audit_chain_broken", organizationId: "one", firstInvalid: 3 } as const;

describe("the alarm", () => {
  it("says the same thing once until a quiet time has passed", () => {
    const { alarm, delivered, pass } = rung();
    alarm.raise(broken);
    alarm.raise(broken);
    alarm.raise({ ...broken, organizationId: "two" });
    expect(delivered).toHaveLength(2);
    pass(61);
    alarm.raise(broken);
    expect(delivered).toHaveLength(3);
  });

  it("neither throws nor stops where the receiver is away, and says so without its words", async () => {
    const { alarm, lines } = rung();
    alarm.raise(broken);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("an alert could not be delivered");
    expect(lines.join("")).not.toContain("canary");
  });
});
