import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

describe("startVerification", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer({ OTP_TTL_SECONDS: "300", OTP_RESEND_SECONDS: "30" });
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  test("answers the masked phone and when the code ends, and sends it to the phone", async () => {
    const phone = newPhone();
    const { data, errors } = await requests.startVerification({ phone });
    expect(errors).toEqual([]);
    const { phone: masked, expiresAt, resendAt } = data.startVerification;
    expect(masked).toBe(`+1••••••••${phone.slice(-2)}`);
    expect(Date.parse(expiresAt) - Date.parse(resendAt)).toBe(270_000);
    expect(server.codeOf(phone)).toMatch(/^\d{6}$/);
  });

  test("takes any common writing of a number for the same phone", async () => {
    const phone = newPhone();
    const writing = `001 (${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
    await requests.startVerification({ phone: writing });
    expect(server.codeOf(phone)).toMatch(/^\d{6}$/);
    expect(await requests.startVerification({ phone })).toMatchObject({ code: "RATE_LIMITED" });
  });

  test("refuses a second code too soon and says when to come back", async () => {
    const phone = newPhone();
    await requests.startVerification({ phone });
    const { code, errors } = await requests.startVerification({ phone });
    expect(code).toBe("RATE_LIMITED");
    expect(errors[0]?.extensions?.retryAfter).toBeGreaterThan(5);
    expect(errors[0]?.extensions?.retryAfter).toBeLessThanOrEqual(30);
  });

  test("refuses what is no phone number, by field, whatever it is", async () => {
    for (const phone of [
      "",
      "hello",
      "5551234567",
      "+1",
      "'; drop table users",
      "9".repeat(10_000),
      "\u0000",
      "\ud800",
    ])
      expect(refused(await requests.startVerification({ phone }))).toEqual({
        code: "BAD_USER_INPUT",
        field: "input.phone",
      });
  });

  test("answers alike, to the kinds of its fields, for a phone that has a user and one that has none", async () => {
    const known = await server.signIn();
    await server.admin.query("update cloakroom.verification_codes set created_at = created_at - interval '2 hours'");
    const [first, second] = await Promise.all(
      [known.phone, newPhone()].map((phone) => requests.startVerification({ phone })),
    );
    expect(first?.errors).toEqual([]);
    const shape = (text = "") => text.replace(/\d\d"/, '00"').replace(/\d{4}-[^"]+Z/g, "time");
    expect(shape(first?.text)).toBe(shape(second?.text));
  });

  test("leaks neither phone nor code into log or tables, nor the code into the answer", async () => {
    const phone = newPhone();
    const { text } = await requests.startVerification({ phone });
    const code = server.codeOf(phone);
    expect(text).not.toContain(code);
    expect(canariesIn(text, [phone, phone.slice(1)])).toEqual([]);
    expect(canariesIn(await tableDump(server.admin), [phone, phone.slice(1)])).toEqual([]);
    expect(canariesIn(server.output(), [phone, phone.slice(1), `"${code}"`])).toEqual([]);
  });
});
