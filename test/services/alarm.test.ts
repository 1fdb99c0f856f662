import { describe, expect, it } from "vitest";
import { createAlarm } from "../../src/services/alarm.js";

function rung({ receives = async () => Promise.reject(new Error("canary of a receiver")) as Promise<void> } = {}) {
  const lines: string[] = [];
  const delivered: unknown[] = [];
  const ids: (string | undefined)[] = [];
  let counted = 0;
  let time = 0;
  const alarm = createAlarm({
    log: (message, fields) => void lines.push(JSON.stringify({ message, ...fields })),
    count: () => counted++,
    receiver: {
      deliver(alert, id) {
        delivered.push(alert);
        ids.push(id);
        return receives();
      },
    },
    quietSeconds: 60,
    now: () => time,
  });
  return { alarm, lines, delivered, ids, counted: () => counted, pass: (seconds: number) => (time += seconds * 1000) };
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

  describe("of what is kept until somebody took it", () => {
    const lost = { alert: "integration_needs_reconnect", organizationId: "one", integrationId: "two" } as const;
    function keeping(parts: Parameters<typeof rung>[0]) {
      let forgotten = 0;
      const bell = rung(parts);
      const raise = () => bell.alarm.raiseKept(lost, { id: "msg_two_1", forget: async () => void forgotten++ });
      return { ...bell, raise, forgotten: () => forgotten };
    }

    it("delivers it again as often as it is raised, under one id, and says and counts it once", async () => {
      const { raise, alarm, ids, lines, counted, forgotten } = keeping({});
      raise();
      await alarm.settled();
      raise();
      await alarm.settled();
      expect([ids, forgotten(), counted()]).toEqual([["msg_two_1", "msg_two_1"], 0, 1]);
      expect(lines.filter((line) => line.includes('"message":"alert"'))).toHaveLength(1);
    });

    it("forgets it once it was taken, which a log line is where nobody receives alerts", async () => {
      const { raise, alarm, forgotten } = keeping({ receives: async () => undefined });
      raise();
      await alarm.settled();
      expect(forgotten()).toBe(1);
      const lines: string[] = [];
      const log = (message: string) => void lines.push(message);
      const alone = createAlarm({ log, count: () => undefined, receiver: null, quietSeconds: 60 });
      let isForgotten = false;
      const forget = async () => {
        isForgotten = true;
        throw new Error("the database is away");
      };
      alone.raiseKept(lost, { id: "msg_two_1", forget });
      await alone.settled();
      expect([lines, isForgotten]).toEqual([["alert"], true]);
    });
  });

  it("waits for what is being delivered when it is to end, a few seconds at most", async () => {
    let take: () => void = () => undefined;
    const { alarm } = rung({ receives: () => new Promise<void>((resolve) => (take = resolve)) });
    alarm.raise(broken);
    let isSettled = false;
    const settled = alarm.settled(0.2).then(() => (isSettled = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    await settled;
    const taken = alarm.settled(60);
    take();
    await taken;
  });
});
