import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Requests, requestsOf } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";
import { startTwilio, type TwilioStandIn } from "../support/twilio.js";

const authToken = "canary-of-a-twilio-token";
const accountSid = "AC0123canary";
const other = (code: string, offset = 1) => String((Number(code) + offset) % 1_000_000).padStart(6, "0");
const verifyAsked = "/v2/Services/VA0123/VerificationCheck";

/** What Twilio's own refusals hold. */
const refuseWith = (twilio: TwilioStandIn, status: number) =>
  twilio.fail((response) => {
    response.writeHead(status, { "content-type": "application/json" });
    const { form } = twilio.requests.at(-1) ?? { form: {} };
    response.end(JSON.stringify({ code: 21211, message: `refused: ${JSON.stringify(form)}`, status }));
  });

for (const provider of ["twilio", "twilio-verify"] as const)
  describe(`codes by SMS_PROVIDER=${provider}`, () => {
    let twilio: TwilioStandIn;
    let server: TestServer;
    let requests: Requests;
    beforeAll(async () => {
      twilio = await startTwilio();
      server = await startTestServer({
        SMS_PROVIDER: provider,
        TWILIO_ACCOUNT_SID: accountSid,
        TWILIO_AUTH_TOKEN: authToken,
        TWILIO_FROM: "+15005550006",
        TWILIO_VERIFY_SERVICE_SID: "VA0123",
        TWILIO_BASE_URL: `${twilio.url}/`,
        OTP_RESEND_SECONDS: "60",
        OTP_PER_PHONE_PER_HOUR: "3",
        OTP_TEST_NUMBERS: "+15555550100=246810@2999-12-31,+15555550101=135791@2020-01-01",
      });
      requests = requestsOf(server);
    });
    afterEach(() => {
      twilio.fail(null);
      twilio.requests.length = 0;
    });
    afterAll(async () => {
      await server.close();
      twilio.close();
    });

    const sentTo = (phone: string) =>
      twilio.requests.filter(({ path, form }) => form.To === phone && !path.endsWith("VerificationCheck"));
    const asked = () => twilio.requests.filter(({ path }) => path === verifyAsked);
    const codeOf = (phone: string) =>
      provider === "twilio" ? (sentTo(phone).at(-1)?.form.Body?.match(/\d{6}/)?.[0] ?? "") : twilio.codeOf(phone);
    const started = async (phone = newPhone()) => {
      const { errors } = await requests.startVerification({ phone });
      expect(errors).toEqual([]);
      return { phone, code: codeOf(phone) };
    };
    const mayAskAgain = () =>
      server.admin.query("update cloakroom.verification_codes set created_at = created_at - interval '2 minutes'");
    const isLeakedNowhere = async (canaries: readonly string[], texts: readonly string[]) => {
      const secrets = [...canaries, authToken, accountSid];
      for (const text of texts) expect(canariesIn(text, secrets)).toEqual([]);
      expect(canariesIn(server.output(), secrets)).toEqual([]);
      expect(canariesIn(await tableDump(server.admin), secrets)).toEqual([]);
    };

    test("a code is sent once and signs in once, and stands in no log, table or answer", async () => {
      const phone = newPhone();
      const start = await requests.startVerification({ phone });
      expect(sentTo(phone)).toHaveLength(1);
      const code = codeOf(phone);
      expect((await requests.confirmVerification({ phone, code: other(code) })).code).toBe("INVALID_CODE");
      const confirmed = await requests.confirmVerification({ phone, code, name: "Ada" });
      expect(confirmed.data.confirmVerification.user.name).toBe("Ada");
      expect((await requests.confirmVerification({ phone, code })).code).toBe("INVALID_CODE");
      await isLeakedNowhere([phone, phone.slice(1), `"${code}"`], [start.text, confirmed.text]);
    });

    test("twenty requests at once with the right code open one session, by five questions at most", async () => {
      const { phone, code } = await started();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => requests.confirmVerification({ phone, code })),
      );
      const outcomes = answers.map((answer) => answer.code ?? "signed in").sort();
      expect(outcomes).toEqual([...Array(19).fill("INVALID_CODE"), "signed in"]);
      expect(asked().length).toBeLessThanOrEqual(provider === "twilio" ? 0 : 5);
    });

    test("a hundred tries in one request are one question at most, and the code is dead", async () => {
      const { phone, code } = await started();
      const tries = Array.from({ length: 100 }, (_, index) => other(code, index + 1));
      tries[50] = code;
      const fields = tries.map((_, index) => `t${index}: confirmVerification(input: $i${index}) { accessToken }`);
      const types = tries.map((_, index) => `$i${index}: ConfirmVerificationInput!`);
      const variables = Object.fromEntries(tries.map((tried, index) => [`i${index}`, { phone, code: tried }]));
      const answer = await server.graphql(`mutation(${types.join(", ")}) { ${fields.join(" ")} }`, variables);
      expect([answer.code, answer.text.includes("accessToken")]).toEqual(["INVALID_CODE", false]);
      expect((await requests.confirmVerification({ phone, code })).code).toBe("INVALID_CODE");
      expect(asked().length).toBe(provider === "twilio" ? 0 : 1);
    });

    test("the newest code alone is valid", async () => {
      const { phone, code: first } = await started();
      await mayAskAgain();
      const { code } = await started(phone);
      if (first !== code)
        expect((await requests.confirmVerification({ phone, code: first })).code).toBe("INVALID_CODE");
      expect((await requests.confirmVerification({ phone, code })).code).toBeNull();
    });

    test("a phone without a live code is never asked about, nor is a code without six digits or a wrong name", async () => {
      const { phone, code } = await started();
      expect((await requests.confirmVerification({ phone: newPhone(), code })).code).toBe("INVALID_CODE");
      expect((await requests.confirmVerification({ phone, code: "12345" })).code).toBe("INVALID_CODE");
      expect((await requests.confirmVerification({ phone, code, name: " " })).code).toBe("BAD_USER_INPUT");
      await server.admin.query("update cloakroom.verification_codes set expires_at = now()");
      expect((await requests.confirmVerification({ phone, code })).code).toBe("INVALID_CODE");
      expect(asked()).toEqual([]);
    });

    test("a refusal is UPSTREAM_ERROR with its status alone; nobody waits for it, but the hour's codes count", async () => {
      for (const status of [400, 429]) {
        const phone = newPhone();
        refuseWith(twilio, status);
        for (let tries = 0; tries < 3; tries++) {
          const { code, errors, text } = await requests.startVerification({ phone });
          expect([code, errors[0]?.extensions?.status]).toEqual(["UPSTREAM_ERROR", status]);
          await isLeakedNowhere([phone, phone.slice(1)], [text]);
        }
        expect(sentTo(phone)).toHaveLength(3);
        expect((await requests.startVerification({ phone })).code).toBe("RATE_LIMITED");
        expect(sentTo(phone)).toHaveLength(3);
      }
      expect(server.output()).toContain('"status":429,"msg":"the sender of codes failed"');
    });

    test("after a refusal the next code that goes through signs in", async () => {
      const phone = newPhone();
      refuseWith(twilio, 400);
      await requests.startVerification({ phone });
      twilio.fail(null);
      const { code } = await started(phone);
      expect((await requests.confirmVerification({ phone, code })).code).toBeNull();
    });

    test("a provider that hangs up or cannot be reached is UPSTREAM_ERROR without status, asked once, and counts as sent", async () => {
      const phone = newPhone();
      twilio.fail((response) => void response.destroy());
      const { code, errors } = await requests.startVerification({ phone });
      expect([code, errors[0]?.extensions?.status]).toEqual(["UPSTREAM_ERROR", undefined]);
      expect(sentTo(phone)).toHaveLength(1);
      expect((await requests.startVerification({ phone })).code).toBe("RATE_LIMITED");
    });

    test("a provider in trouble is UPSTREAM_ERROR with its status, asked once, and counts as sent", async () => {
      const phone = newPhone();
      refuseWith(twilio, 503);
      const { code, errors } = await requests.startVerification({ phone });
      expect([code, errors[0]?.extensions?.status]).toEqual(["UPSTREAM_ERROR", 503]);
      expect((await requests.startVerification({ phone })).code).toBe("RATE_LIMITED");
      expect(sentTo(phone)).toHaveLength(1);
    });

    test("a provider that is silent is waited for ten seconds, and asked once", async () => {
      const { phone: known, code } = await started();
      const phone = newPhone();
      twilio.fail(() => undefined);
      const before = performance.now();
      const waiting = [requests.startVerification({ phone })] as Promise<{ code: string | null }>[];
      if (provider === "twilio-verify") waiting.push(requests.confirmVerification({ phone: known, code }));
      for (const answer of await Promise.all(waiting)) expect(answer.code).toBe("UPSTREAM_ERROR");
      expect(performance.now() - before).toBeGreaterThan(9_000);
      expect(performance.now() - before).toBeLessThan(30_000);
      expect(sentTo(phone)).toHaveLength(1);
      expect((await requests.startVerification({ phone })).code).toBe("RATE_LIMITED");
      twilio.fail(null);
      expect((await requests.confirmVerification({ phone: known, code })).code).toBeNull();
    }, 40_000);

    test("a test number gets its fixed code and no message, once each time, within the same limits", async () => {
      const phone = "+15555550100";
      expect((await requests.startVerification({ phone })).errors).toEqual([]);
      expect((await requests.startVerification({ phone })).code).toBe("RATE_LIMITED");
      expect((await requests.confirmVerification({ phone, code: "246811" })).code).toBe("INVALID_CODE");
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => requests.confirmVerification({ phone: "+1 (555) 555-0100", code: "246810" })),
      );
      expect(answers.filter(({ code }) => code === null)).toHaveLength(1);
      expect((await requests.confirmVerification({ phone, code: "246810" })).code).toBe("INVALID_CODE");
      expect(twilio.requests).toEqual([]);
      expect(server.output()).not.toMatch(/\b246810\b|5555550100/);
    });

    test("a test number whose last day is past is a number like any other, and said so once without the number", async () => {
      const { phone } = await started("+15555550101");
      expect(sentTo(phone)).toHaveLength(1);
      expect((await requests.confirmVerification({ phone, code: "135791" })).code).toBe("INVALID_CODE");
      expect(server.output().match(/OTP_TEST_NUMBERS has numbers whose last day is past/g)).toHaveLength(1);
      expect(server.output()).not.toMatch(/\b135791\b|5555550101/);
    });

    if (provider === "twilio-verify")
      test("a check that fails upstream is UPSTREAM_ERROR and spends the try, so that nothing is asked for ever", async () => {
        const { phone, code } = await started();
        refuseWith(twilio, 500);
        for (let tries = 0; tries < 5; tries++) {
          const answer = await requests.confirmVerification({ phone, code });
          expect([answer.code, answer.errors[0]?.extensions?.status]).toEqual(["UPSTREAM_ERROR", 500]);
        }
        twilio.fail(null);
        expect((await requests.confirmVerification({ phone, code })).code).toBe("INVALID_CODE");
        expect(asked()).toHaveLength(5);
      });
  });
