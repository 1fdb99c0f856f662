import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

const writings: readonly ((national: string) => string)[] = [
  (n) => `+1 (${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6)}`,
  (n) => `001${n}`,
  (n) => `001 ${n.slice(0, 3)}.${n.slice(3, 6)}.${n.slice(6)}`,
  (n) => `tel:+1-${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6)}`,
  (n) => `TEL: +1${n}`,
  (n) => `\uff0b1${n}`,
  (n) => `\u202a+1\u00a0${n.slice(0, 3)}\u2011${n.slice(3)}\u202c`,
  (n) => `\u200e+1${n}\u200f`,
  (n) => `  +1   ${n}\n`,
  (n) => `(+1) ${n}`,
  (n) => `+1${[...n].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join("")}`,
  (n) => `+1${[...n].join(" ")}`,
];

describe("limits of codes", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer({
      OTP_RESEND_SECONDS: "60",
      OTP_PER_IP_PER_HOUR: "40",
      OTP_PER_COUNTRY_PER_HOUR: "20",
      OTP_COUNTRIES: "1,+44",
    });
    requests = requestsOf(server);
  });
  afterAll(() => server.close());
  const forget = () => server.admin.query("truncate cloakroom.verification_codes, cloakroom.codes_by_country");

  test("every writing of a number is one phone, whichever comes first", async () => {
    await forget();
    for (const [index, write] of writings.entries()) {
      const phone = newPhone();
      const [first, second] = index % 2 ? [write(phone.slice(2)), phone] : [phone, write(phone.slice(2))];
      expect((await requests.startVerification({ phone: first })).code, JSON.stringify(first)).toBeNull();
      expect((await requests.startVerification({ phone: second })).code, JSON.stringify(second)).toBe("RATE_LIMITED");
    }
    const phone = newPhone();
    const all = await Promise.all(
      writings.map((write) => requests.startVerification({ phone: write(phone.slice(2)) })),
    );
    expect(all.filter(({ code }) => code === null)).toHaveLength(1);
    expect(server.codeOf(phone)).toMatch(/^\d{6}$/);
  });

  test("a country that is not on the list is refused in a sentence, before anything is sent or counted", async () => {
    await forget();
    for (const phone of ["+49 1511 2345678", "0049 1511 2345678", "+351 912 345 678"]) {
      const answer = await requests.startVerification({ phone });
      expect(refused(answer)).toEqual({ code: "BAD_USER_INPUT", field: "input.phone" });
      expect(answer.errors[0]?.message).toBe("Codes are not sent to phones of this country.");
    }
    expect(server.codeOf("+4915112345678")).toBe("");
    expect((await server.admin.query("select from cloakroom.verification_codes")).rowCount).toBe(0);
    expect((await requests.startVerification({ phone: "+44 20 7946 0958" })).code).toBeNull();
  });

  test("replicas share the limits of phone, country and address, also at once", async () => {
    await forget();
    const replica = await server.startReplica();
    const start = (phone: string, index: number) =>
      (index % 2 ? replica : server).graphql(
        "mutation($input: StartVerificationInput!) { startVerification(input: $input) { phone } }",
        { input: { phone } },
      );
    const sent = async (phones: readonly string[]) =>
      (await Promise.all(phones.map(start))).filter(({ code }) => code === null).length;
    const phone = newPhone();
    expect(await sent(Array.from({ length: 10 }, () => phone))).toBe(1);
    expect(await sent(Array.from({ length: 30 }, () => newPhone()))).toBe(19);
    await forget();
    await server.admin.query("update cloakroom.settings set otp_per_country_per_hour = 0");
    expect(await sent(Array.from({ length: 50 }, () => newPhone()))).toBe(40);
    await server.admin.query("update cloakroom.settings set otp_per_country_per_hour = 20");
  });

  test("known and unknown phones are refused alike", async () => {
    await forget();
    const { phone: known } = await server.signIn();
    const unknown = newPhone();
    await requests.startVerification({ phone: unknown });
    await server.admin.query("update cloakroom.verification_codes set created_at = now() - interval '30 seconds'");
    const answers = await Promise.all([known, unknown].map((phone) => requests.startVerification({ phone })));
    // The second of two asked at once may find that a second less is left.
    const withoutOwn = (text: string) => text.replace(/"requestId":"[^"]*"|again in \d+ s|"retryAfter":\d+/g, "");
    expect(answers.map(({ code }) => code)).toEqual(["RATE_LIMITED", "RATE_LIMITED"]);
    expect(new Set(answers.map(({ text }) => withoutOwn(text))).size).toBe(1);
  });
});
