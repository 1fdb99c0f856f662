import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Database } from "../../src/database/port.js";
import { createAccessTokens } from "../../src/services/access-token.js";
import { SmsRefusal, type SmsSender } from "../../src/services/outside/sms.js";
import { createConsoleSms } from "../../src/services/outside/sms-console.js";
import { createVerification } from "../../src/services/verification.js";
import { server } from "../support/people.js";

describe("sending codes", () => {
  let called: string[];
  let logged: string;
  beforeEach(() => {
    called = [];
    logged = "";
  });
  afterEach(() => vi.useRealTimers());

  const startThrough = (sms: SmsSender, answers: Record<string, unknown> = {}) => {
    const challenge = {
      outcome: "sent",
      code: "123456",
      codeId: "1",
      phone: "+1••••••••67",
      expiresAt: "",
      resendAt: "",
    };
    const database = {
      async call(name: string) {
        called.push(name);
        if (name === "note_unsent_code" && answers.note) throw answers.note;
        return challenge;
      },
    } as unknown as Database;
    const verification = createVerification({
      database,
      sms,
      testNumbers: { find: () => null },
      accessTokens: createAccessTokens({ secret: "s".repeat(32), issuer: "cloakroom" }),
      failures: { note: () => undefined },
      log: (message, fields) => {
        logged += message + JSON.stringify(fields);
      },
    });
    return verification.startVerification(server, "+1 555 123 4567").then(
      () => null,
      (error: Error) => error,
    );
  };
  const throwing = (error: Error): SmsSender => ({
    send: async () => {
      throw error;
    },
  });

  test("the console sender writes one line of JSON a message", async () => {
    const lines: string[] = [];
    await createConsoleSms((line) => lines.push(line)).send({ to: "+15551234567", code: "123456" });
    expect(lines).toEqual(['{"msg":"sms","to":"+15551234567","code":"123456"}\n']);
  });

  test("a sender that fails is UPSTREAM_ERROR, in words that hold nothing of its own, in the log too", async () => {
    const error = await startThrough(throwing(new Error("cannot send 123456 to +15551234567")));
    expect(error).toMatchObject({ code: "UPSTREAM_ERROR", extensions: {} });
    expect(error).not.toHaveProperty("cause");
    expect(logged).toBe("the sender of codes failed{}");
    expect(String(error)).not.toMatch(/123456|5551234567/);
    expect(called).toEqual(["start_verification"]);
  });

  test("a message that was refused is noted, and the status told; not being able to note it changes nothing", async () => {
    for (const note of [undefined, new Error("the database is away")]) {
      const error = await startThrough(throwing(new SmsRefusal(400)), { note });
      expect(error).toMatchObject({ code: "UPSTREAM_ERROR", extensions: { status: 400 } });
    }
    expect(called).toEqual(["start_verification", "note_unsent_code", "start_verification", "note_unsent_code"]);
  });

  test("a sender that says nothing is waited for ten seconds, and the message counts as sent", async () => {
    vi.useFakeTimers();
    const failed = startThrough({ send: () => new Promise(() => undefined) });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(logged).toBe("");
    await vi.advanceTimersByTimeAsync(1);
    expect(await failed).toMatchObject({ code: "UPSTREAM_ERROR", extensions: {} });
    expect(called).toEqual(["start_verification"]);
  });
});
