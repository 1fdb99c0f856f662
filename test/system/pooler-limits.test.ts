import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { newPhone } from "./support/client.js";
import { deployBehindPooler, type PooledDeployment } from "./support/pooled-servers.js";
import type { ServerProcess } from "./support/server-process.js";
import { makeTenant } from "./support/tenant.js";

const start = "mutation($phone: String!) { startVerification(input: { phone: $phone }) { resendAt } }";
const confirm = `mutation($phone: String!, $code: String!) {
  confirmVerification(input: { phone: $phone, code: $code }) { accessToken refreshToken session { id } }
}`;
const limits = { OTP_PER_PHONE_PER_HOUR: "4", OTP_PER_IP_PER_HOUR: "12", REVEALS_PER_MINUTE: "25" };

interface Answer {
  /** `ok`, or the code of the error. */
  readonly outcome: string;
  readonly data: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe("limits that two servers behind one pooler keep", () => {
  let deployment: PooledDeployment;
  let servers: readonly [ServerProcess, ServerProcess];
  let addresses = 0;

  beforeAll(async () => {
    deployment = await deployBehindPooler(inject("checkout"), { logins: "auth_file" });
    servers = [await deployment.start(limits), await deployment.start(limits)];
  });
  afterAll(() => deployment?.stop());

  /** A network of its own, so that no test spends another's codes. */
  const newAddress = () => ({ "x-forwarded-for": `203.0.113.${++addresses}` });

  async function ask(server: ServerProcess, query: string, variables: object, headers: object): Promise<Answer> {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = JSON.parse(await response.text());
    return { outcome: errors ? errors[0].extensions.code : "ok", data };
  }

  /** The same or similar requests, all at once, every other one to the other server. */
  const atOnce = (count: number, query: string, variablesOf: (index: number) => object, headers: object) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => ask(servers[index % 2 ? 1 : 0], query, variablesOf(index), headers)),
    );

  const outcomesOf = (answers: readonly Answer[]) =>
    answers.reduce<Record<string, number>>(
      (counts, { outcome }) => Object.assign(counts, { [outcome]: (counts[outcome] ?? 0) + 1 }),
      {},
    );

  const codesSent = () => servers.flatMap((server) => [...server.output().matchAll(/"to":"(\+\d+)","code":"(\d+)"/g)]);
  const codesTo = (phone: string) => codesSent().filter(([, to]) => to === phone);

  async function codeFor(phone: string, headers: object): Promise<string> {
    await ask(servers[0], start, { phone }, headers);
    return servers[0].codeFor(phone);
  }

  it("sends one code to a phone that fifty requests ask for at once", async () => {
    const phone = newPhone();
    const answers = await atOnce(50, start, () => ({ phone }), newAddress());
    expect(outcomesOf(answers)).toEqual({ ok: 1, RATE_LIMITED: 49 });
    expect(codesTo(phone)).toHaveLength(1);
  });

  it("gives one session for a code that a hundred requests bring at once", async () => {
    const [phone, address] = [newPhone(), newAddress()];
    const code = await codeFor(phone, address);
    const answers = await atOnce(100, confirm, () => ({ phone, code }), address);
    expect(outcomesOf(answers)).toEqual({ ok: 1, INVALID_CODE: 99 });
  });

  it("counts wrong tries once: after four at once the right code opens, after five no more", async () => {
    for (const [tries, outcome] of [
      [4, "ok"],
      [5, "INVALID_CODE"],
      [40, "INVALID_CODE"],
    ] as const) {
      const [phone, address] = [newPhone(), newAddress()];
      const code = await codeFor(phone, address);
      const wrong = (index: number) => ({
        phone,
        code: String((Number(code) + 1 + index) % 1_000_000).padStart(6, "0"),
      });
      expect(outcomesOf(await atOnce(tries, confirm, wrong, address))).toEqual({ INVALID_CODE: tries });
      expect((await ask(servers[tries % 2 ? 1 : 0], confirm, { phone, code }, address)).outcome).toBe(outcome);
    }
  });

  it("sends so many codes for one address, whichever phones and servers it asks", async () => {
    const phones = Array.from({ length: 40 }, newPhone);
    const before = codesSent().length;
    const answers = await atOnce(40, start, (index) => ({ phone: phones[index] }), newAddress());
    expect(outcomesOf(answers)).toEqual({ ok: 12, RATE_LIMITED: 28 });
    expect(codesSent()).toHaveLength(before + 12);
  });

  it("reveals no more cells a minute than a member may, and records each refusal", async () => {
    const tenant = await makeTenant(servers[0], "#C3#", 1);
    const reveal = "mutation($input: RevealCellInput!) { revealCell(input: $input) { value auditEvent { sequence } } }";
    const input = { rowId: tenant.sharedRow, columnId: tenant.columns.secret };
    const answers = await atOnce(100, reveal, () => ({ input }), tenant.people[0] ?? {});
    expect(outcomesOf(answers)).toEqual({ ok: 25, RATE_LIMITED: 75 });
    const events = deployment.cluster.psql(
      `select action, count(*) from cloakroom.audit_events
       where organization_id = '${tenant.organizationId}' and target_type = 'row' group by 1 order by 1`,
    );
    expect(events.trim().split("\n")).toEqual(["CELL_REVEALED|25", "REVEAL_DENIED|75"]);
  });

  it("answers a refresh token that both servers get at once with one and the same successor", async () => {
    const [phone, address] = [newPhone(), newAddress()];
    const { data } = await ask(servers[0], confirm, { phone, code: await codeFor(phone, address) }, address);
    const refresh = "mutation($token: String) { refreshSession(input: { refreshToken: $token }) { refreshToken } }";
    const token = data.confirmVerification?.refreshToken;
    const answers = await atOnce(20, refresh, () => ({ token }), address);
    expect(outcomesOf(answers)).toEqual({ ok: 20 });
    expect(new Set(answers.map((answer) => answer.data.refreshSession?.refreshToken)).size).toBe(1);
  });

  it("sends so many codes an hour to one phone, with no wait between them", async () => {
    const eager = { ...limits, OTP_RESEND_SECONDS: "0" };
    servers = [await deployment.start(eager), await deployment.start(eager)];
    const phone = newPhone();
    const answers = await atOnce(40, start, () => ({ phone }), newAddress());
    expect(outcomesOf(answers)).toEqual({ ok: 4, RATE_LIMITED: 36 });
    expect(codesTo(phone)).toHaveLength(4);
  });
});
