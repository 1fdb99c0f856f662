import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signedInCaller } from "../support/callers.js";
import { type Requests, requestsOf } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";

const pairs = 500;

interface Probe {
  readonly isKnown: boolean;
  readonly milliseconds: number;
  /** Of the answer, but for what is the caller's own: the last digits they gave, times and the request's id. */
  readonly body: string;
}

/** The chance that a known phone took longer than an unknown one: 0.5 where nobody can tell. Of ranks alone, so that what slows a busy machine weighs nothing. */
function areaUnderCurve(probes: readonly Probe[]): number {
  const ranked = probes.toSorted((a, b) => a.milliseconds - b.milliseconds);
  const sum = ranked.reduce((total, { isKnown }, index) => total + (isKnown ? index + 1 : 0), 0);
  const known = probes.filter(({ isKnown }) => isKnown).length;
  return (sum - (known * (known + 1)) / 2) / (known * (probes.length - known));
}

const withoutOwn = (text: string) =>
  text
    .replace(/\d\d"/, '00"')
    .replace(/\d{4}-[^"]+Z/g, "time")
    .replace(/"requestId":"[^"]*"/, "")
    .replace(/again in \d+ s|"retryAfter":\d+/g, "seconds");

describe("whether a phone is known", () => {
  let server: TestServer;
  let requests: Requests;
  let known: string[];
  beforeAll(async () => {
    server = await startTestServer({
      OTP_RESEND_SECONDS: "3600",
      OTP_PER_IP_PER_HOUR: "1000000",
      OTP_PER_COUNTRY_PER_HOUR: "0",
    });
    requests = requestsOf(server);
    known = Array.from({ length: pairs + 20 }, newPhone);
    for (let done = 0; done < known.length; done += 10)
      await Promise.all(known.slice(done, done + 10).map((phone) => signedInCaller(server.database, phone)));
    await server.admin.query("truncate cloakroom.verification_codes");
  }, 120_000);
  afterAll(() => server.close());

  /** Asks for pairs of a known and an unknown phone, in an order that is drawn anew for each pair, one after the other. */
  async function probe(
    phones: readonly (readonly [known: string, unknown: string])[],
    ask: (phone: string) => Promise<{ status: number; text: string }>,
  ): Promise<Probe[]> {
    const probes: Probe[] = [];
    for (const pair of phones)
      for (const turn of randomInt(2) ? [0, 1] : [1, 0]) {
        const begun = performance.now();
        const { status, text } = await ask(pair[turn] ?? "");
        const milliseconds = performance.now() - begun;
        probes.push({ isKnown: turn === 0, milliseconds, body: `${status} ${withoutOwn(text)}` });
      }
    return probes;
  }

  it(`shows in no answer: not in body, code or time, over ${pairs} interleaved pairs each`, async () => {
    const phones = known.map((phone) => [phone, newPhone()] as const);
    const start = (phone: string) => requests.startVerification({ phone });
    const wrong = (phone: string) =>
      requests.confirmVerification({ phone, code: server.codeOf(phone) === "000000" ? "000001" : "000000" });
    // The first of a server are slower than those that follow.
    await probe(phones.slice(pairs), start);
    await probe(phones.slice(pairs), wrong);
    const asked = phones.slice(0, pairs);
    const sent = await probe(asked, start);
    const refused = await probe(asked, start);
    const wrongly = await probe(asked, wrong);
    for (const [probes, answer] of [
      [sent, "resendAt"],
      [refused, "RATE_LIMITED"],
      [wrongly, "INVALID_CODE"],
    ] as const) {
      const bodies = [...new Set(probes.map(({ body }) => body))];
      expect(bodies, bodies.join("\n")).toHaveLength(1);
      expect(probes[0]?.body).toContain(answer);
      expect(areaUnderCurve(probes), answer).toBeGreaterThan(0.4);
      expect(areaUnderCurve(probes), answer).toBeLessThan(0.6);
    }
  }, 600_000);

  it("is not counted by the measure where there is nothing to tell, and is where there is", () => {
    const probes = (later: number) =>
      Array.from({ length: 200 }, (_, index) => {
        const isKnown = index % 2 === 0;
        return { isKnown, milliseconds: ((index >> 1) % 17) + (isKnown ? later : 0) + index / 1e6, body: "" };
      });
    expect(areaUnderCurve(probes(0))).toBeCloseTo(0.5, 1);
    expect(areaUnderCurve(probes(8))).toBeGreaterThan(0.6);
    expect(areaUnderCurve(probes(-8))).toBeLessThan(0.4);
  });
});
