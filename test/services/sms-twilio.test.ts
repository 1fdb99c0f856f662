import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTwilioSms } from "../../src/services/outside/sms-twilio.js";
import { createTwilioVerify } from "../../src/services/outside/sms-twilio-verify.js";
import { startTwilio, type TwilioStandIn } from "../support/twilio.js";

const phone = "+14155550123";
const basic = `Basic ${Buffer.from("AC0123:canary-of-a-token").toString("base64")}`;

describe("codes through Twilio", () => {
  let twilio: TwilioStandIn;
  const account = () => ({ accountSid: "AC0123", authToken: "canary-of-a-token", baseUrl: twilio.url });
  const messages = (from: string | null = "+15005550006") =>
    createTwilioSms({ ...account(), from, messagingServiceSid: from ? null : "MG0123" });
  const verify = () => createTwilioVerify({ ...account(), verifyServiceSid: "VA0123" });
  const thrownBy = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: Error) => error,
    );
  beforeAll(async () => {
    twilio = await startTwilio();
  });
  afterEach(() => {
    twilio.requests.length = 0;
    twilio.fail(null);
  });
  afterAll(() => twilio.close());

  it("Messages takes one message a code, from the number or by the messaging service", async () => {
    await messages().send({ to: phone, code: "123456" });
    await messages(null).send({ to: phone, code: "654321" });
    expect(twilio.requests).toMatchObject([
      {
        path: "/2010-04-01/Accounts/AC0123/Messages.json",
        authorization: basic,
        form: { To: phone, From: "+15005550006", Body: expect.stringContaining("123456") },
      },
      { form: { To: phone, MessagingServiceSid: "MG0123", Body: expect.stringContaining("654321") } },
    ]);
  });

  it("Verify makes the code, and says whether it is the one", async () => {
    await verify().send({ to: phone, code: "never-sent" });
    expect(JSON.stringify(twilio.requests)).not.toContain("never-sent");
    const code = twilio.codeOf(phone);
    const wrong = code === "000000" ? "000001" : "000000";
    expect(await verify().check?.({ to: phone, code: wrong })).toBe(false);
    expect(await verify().check?.({ to: phone, code })).toBe(true);
    // Gone once it was approved.
    expect(await verify().check?.({ to: phone, code })).toBe(false);
  });

  it("Verify's word that a code was tried too often is no failure: the code is wrong", async () => {
    const answer = (code: number) =>
      twilio.fail((response) => {
        response.writeHead(429, { "content-type": "application/json" });
        response.end(JSON.stringify({ code, message: `for ${phone}`, status: 429 }));
      });
    answer(60202);
    expect(await verify().check?.({ to: phone, code: "123456" })).toBe(false);
    answer(20429);
    expect(await thrownBy(verify().check?.({ to: phone, code: "123456" }) as Promise<boolean>)).toMatchObject({
      name: "SmsRefusal",
      status: 429,
    });
  });

  it("a refusal is its status alone", async () => {
    twilio.fail((response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ code: 21211, message: `The 'To' number ${phone} is not valid`, status: 400 }));
    });
    for (const sender of [messages, verify]) {
      const error = await thrownBy(sender().send({ to: phone, code: "123456" }));
      expect(error).toMatchObject({ name: "SmsRefusal", status: 400 });
      expect(JSON.stringify(error) + error?.message + error?.stack).not.toMatch(/5550123|123456|canary/);
    }
  });

  it("a request without an answer, or with 500 or 429, is made once", async () => {
    for (const status of [500, 429]) {
      twilio.fail((response) => void response.writeHead(status).end("{}"));
      expect(await thrownBy(messages().send({ to: phone, code: "123456" }))).toMatchObject({ status });
    }
    twilio.fail((response) => void response.destroy());
    expect(await thrownBy(messages().send({ to: phone, code: "123456" }))).toMatchObject({
      message: "Twilio did not answer.",
    });
    expect(twilio.requests).toHaveLength(3);
  });
});
