import { describe, expect, test } from "vitest";
import type { Database } from "../../src/database/port.js";
import { createAccessTokens } from "../../src/services/access-token.js";
import { createConsoleSms } from "../../src/services/outside/sms-console.js";
import { createVerification } from "../../src/services/verification.js";
import { server } from "../support/people.js";

describe("sending codes", () => {
  test("the console sender writes one line of JSON a message", async () => {
    const lines: string[] = [];
    await createConsoleSms((line) => lines.push(line)).send({ to: "+15551234567", code: "123456" });
    expect(lines).toEqual(['{"msg":"sms","to":"+15551234567","code":"123456"}\n']);
  });

  test("a sender that fails is UPSTREAM_ERROR, in words that hold nothing of its own", async () => {
    const challenge = { outcome: "sent", code: "123456", phone: "+1••••••••67", expiresAt: "", resendAt: "" };
    const database = { call: async () => challenge } as unknown as Database;
    const sms = {
      send: async () => {
        throw new Error("cannot send 123456 to +15551234567");
      },
    };
    const tokens = createAccessTokens({ secret: "s".repeat(32), issuer: "cloakroom" });
    const sent = createVerification(database, sms, tokens).startVerification(server, "+1 555 123 4567");
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "UPSTREAM_ERROR", extensions: {} });
    expect(error).not.toHaveProperty("cause");
    expect(String(error)).not.toMatch(/123456|5551234567/);
  });
});
