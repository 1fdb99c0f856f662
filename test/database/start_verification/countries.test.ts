import { randomInt } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPostgresDatabase } from "../../../src/database/postgres.js";
import { serverCaller } from "../../../src/database/server-caller.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, refusal, server, setLimits, somePhone } from "../../support/people.js";

interface Challenge {
  outcome: string;
  retryAfter: number;
  codeId: string;
  expiresAt: string;
  code: string;
}

describe("start_verification: countries, fixed codes and codes that were not taken", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
  });
  beforeEach(async () => {
    await testing.admin.query("truncate cloakroom.verification_codes, cloakroom.codes_by_country");
    await limits({});
  });
  afterAll(() => testing.drop());

  const limits = async (changes: Record<string, unknown>) => {
    await setLimits(testing.database, { otp_per_country_per_hour: 10_000 });
    await call(testing.database, "configure_limits", { limits: { otp_calling_codes: [], ...changes } }, server);
  };
  const start = (phone: string, extra: Record<string, unknown> = {}, database = testing.database) =>
    call<Challenge>(database, "start_verification", { phone, ...extra }, serverCaller("198.51.100.1"));
  const german = () => `+491511${randomInt(1_000_000, 9_999_999)}`;
  const fill = (sent: number, age = "1 minute") =>
    testing.admin.query(
      `insert into cloakroom.codes_by_country (calling_code, minute, slot, made)
       values ('1', date_trunc('minute', clock_timestamp() - $2::interval), 9, $1)`,
      [sent, age],
    );

  test("sends to no country but those allowed, in a sentence, before anything is kept", async () => {
    await limits({ otp_calling_codes: ["44", "49"] });
    expect(await refusal(start(somePhone()))).toEqual({ sqlState: "CR422", detail: "input.phone" });
    expect((await testing.admin.query("select from cloakroom.verification_codes")).rowCount).toBe(0);
    expect((await start(german())).outcome).toBe("sent");
    // A beginning of a calling code is another country.
    await limits({ otp_calling_codes: ["4"] });
    expect((await refusal(start(german()))).sqlState).toBe("CR422");
    await limits({ otp_calling_codes: [] });
    expect((await start(somePhone())).outcome).toBe("sent");
  });

  test("knows the country of every number by the table that masks them", async () => {
    const { rows } = await testing.admin.query(
      "select cloakroom_private.calling_code(p) as code from unnest($1::text[]) with ordinality as o(p, n) order by n",
      [["+14155550100", "+79161234567", "+491511234567", "+380441234567", "+35312345678", "hello"]],
    );
    expect(rows.map(({ code }) => code)).toEqual(["1", "7", "49", "380", "353", null]);
  });

  test("sends no more codes to a country an hour than it may get, exactly, also at once and over several pools", async () => {
    await limits({ otp_per_country_per_hour: 5 });
    const other = createPostgresDatabase({
      url: testing.url,
      rootKey: testing.rootKey,
      poolSize: 8,
      log: () => undefined,
    });
    const calls = Array.from({ length: 24 }, (_, index) =>
      start(somePhone(), {}, index % 2 ? other : testing.database),
    );
    const answers = await Promise.all(calls);
    await other.close();
    expect(answers.filter(({ outcome }) => outcome === "sent")).toHaveLength(5);
    const refused = answers.filter(({ outcome }) => outcome === "rate_limited");
    for (const { retryAfter } of refused) expect(retryAfter).toBeGreaterThan(3500);
    for (const { retryAfter } of refused) expect(retryAfter).toBeLessThanOrEqual(3660);
    expect((await start(german())).outcome).toBe("sent");
  });

  test("counts the last hour of a country alone, and none where the limit is 0", async () => {
    await limits({ otp_per_country_per_hour: 300 });
    await fill(5000, "62 minutes");
    await fill(299);
    expect((await start(somePhone())).outcome).toBe("sent");
    expect((await start(somePhone())).outcome).toBe("rate_limited");
    await limits({ otp_per_country_per_hour: 0 });
    expect((await start(somePhone())).outcome).toBe("sent");
  });

  test("forgets counts older than two hours", async () => {
    await fill(10, "3 hours");
    await fill(10, "1 hour");
    await start(german());
    const { rows } = await testing.admin.query(
      "select calling_code, made from cloakroom.codes_by_country order by 1, 2",
    );
    expect(rows).toEqual([
      { calling_code: "1", made: 10 },
      { calling_code: "49", made: 1 },
    ]);
  });

  test("starts one after the other only where those at work could fill the country's hour", async () => {
    const isWaiting = async () => {
      const blocker = await testing.admin.connect();
      await blocker.query("begin");
      await blocker.query("select set_config('cloakroom.root_key', $1, true)", [testing.rootKey]);
      await blocker.query("select cloakroom_private.take_turns(cloakroom_private.lookup_hash('country', '1'))");
      const started = start(somePhone());
      const first = await Promise.race([
        started.then(() => false),
        new Promise<boolean>((resolve) => setTimeout(resolve, 5_000, true)),
      ]);
      await blocker.query("commit");
      blocker.release();
      await started;
      return first;
    };
    await limits({ otp_per_country_per_hour: 1_000_000 });
    expect(await isWaiting()).toBe(false);
    await limits({ otp_per_country_per_hour: 50 });
    expect(await isWaiting()).toBe(true);
  });

  test("a code that was not taken makes nobody wait, but counts for the hour of phone, network and country", async () => {
    const phone = somePhone();
    await limits({ otp_resend_seconds: 60, otp_per_phone_per_hour: 3 });
    for (let sent = 0; sent < 3; sent++) {
      const { outcome, codeId } = await start(phone);
      expect(outcome).toBe("sent");
      expect(await call(testing.database, "note_unsent_code", { codeId }, server)).toBe(true);
    }
    expect((await start(phone)).retryAfter).toBeGreaterThan(3500);
    for (const limit of ["otp_per_address_per_hour", "otp_per_country_per_hour"]) {
      await limits({ [limit]: 3 });
      expect((await start(somePhone())).outcome).toBe("rate_limited");
    }
  });

  test("a code that was not taken leaves the wait for one that was", async () => {
    const phone = somePhone();
    await start(phone);
    const { codeId } = await start(phone);
    await call(testing.database, "note_unsent_code", { codeId }, server);
    await limits({ otp_resend_seconds: 60 });
    expect((await start(phone)).outcome).toBe("rate_limited");
  });

  test("a fixed code is the code, ends with its day, serves once, and meets the same limits", async () => {
    const phone = somePhone();
    const fixedUntil = new Date(Date.now() + 30_000).toISOString();
    const challenge = await start(phone, { fixedCode: "424242", fixedUntil });
    expect(challenge.code).toBe("424242");
    expect(Date.parse(challenge.expiresAt)).toBe(Date.parse(fixedUntil));
    const confirm = () =>
      call<{ outcome: string }>(testing.database, "confirm_verification", { phone, code: "424242" }, server);
    expect([(await confirm()).outcome, (await confirm()).outcome]).toEqual(["signed_in", "invalid_code"]);
    await limits({ otp_resend_seconds: 60 });
    expect((await start(phone, { fixedCode: "424242", fixedUntil })).outcome).toBe("rate_limited");
    const ended = new Date(Date.now() - 1).toISOString();
    await limits({});
    await start(phone, { fixedCode: "424242", fixedUntil: ended });
    expect((await confirm()).outcome).toBe("invalid_code");
  });
});
