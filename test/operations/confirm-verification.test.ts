import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Requests, refused, requestsOf } from "../support/requests.js";
import { newPhone, startTestServer, type TestServer } from "../support/server.js";
import { canariesIn, tableDump } from "../support/table-dump.js";

describe("confirmVerification", () => {
  let server: TestServer;
  let requests: Requests;
  beforeAll(async () => {
    server = await startTestServer({ OTP_RESEND_SECONDS: "0", OTP_PER_PHONE_PER_HOUR: "1000" });
    requests = requestsOf(server);
  });
  afterAll(() => server.close());

  async function codeOf(phone: string) {
    await requests.startVerification({ phone });
    return server.codeOf(phone);
  }
  const other = (code: string, offset = 1) => String((Number(code) + offset) % 1_000_000).padStart(6, "0");

  test("answers tokens, session, user and the organization Personal with its one member", async () => {
    const phone = newPhone();
    const input = { phone, code: await codeOf(phone), name: "Ada" };
    const { data, errors } = await requests.confirmVerification(input, { headers: { "user-agent": "test agent" } });
    expect(errors).toEqual([]);
    const { accessToken, expiresAt, session, user } = data.confirmVerification;
    const masked = `+1••••••••${phone.slice(-2)}`;
    expect(user).toMatchObject({
      name: "Ada",
      phone: masked,
      organizations: [
        { name: "Personal", role: "OWNER", members: [{ userId: user.id, name: "Ada", phone: masked, role: "OWNER" }] },
      ],
    });
    expect(session).toMatchObject({ current: true, rememberMe: false, userAgent: "test agent", ipAddress: "••••••••" });
    expect(Math.round((Date.parse(session.expiresAt) - Date.now()) / 86_400_000)).toBe(7);
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 60_000)).toBe(60);
    const me = await requests.me({ token: accessToken });
    expect(me.data.me).toEqual(user);
  });

  test("the access token holds the claims of the contract and nothing else", async () => {
    const { token, userId, sessionId } = await server.signIn();
    const [header = "", payload = ""] = token.split(".");
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(read(header)).toEqual({ alg: "HS256", typ: "JWT" });
    const { iat, exp, ...claims } = read(payload);
    expect(exp - iat).toBe(3600);
    expect(claims).toEqual({
      iss: "cloakroom",
      aud: "authenticated",
      role: "authenticated",
      sub: userId,
      session_id: sessionId,
    });
  });

  test("rememberMe makes a longer session", async () => {
    const phone = newPhone();
    const { data } = await requests.confirmVerification({ phone, code: await codeOf(phone), rememberMe: true });
    const { session } = data.confirmVerification;
    expect(session.rememberMe).toBe(true);
    expect(Math.round((Date.parse(session.expiresAt) - Date.now()) / 86_400_000)).toBe(90);
  });

  test("the answer is about who signed in, also where somebody else is signed in already", async () => {
    const somebody = await server.signIn();
    const phone = newPhone();
    const input = { phone, code: await codeOf(phone) };
    const { data } = await requests.confirmVerification(input, { token: somebody.token });
    const { user } = data.confirmVerification;
    expect(user.id).not.toBe(somebody.userId);
    expect(user.organizations.map(({ members }) => members.map(({ userId }) => userId))).toEqual([[user.id]]);
  });

  test("a wrong, a used, an expired, an exhausted and a shapeless code get one answer", async () => {
    const answers: string[] = [];
    const tryCode = async (phone: string, code: string) => {
      answers.push((await requests.confirmVerification({ phone, code })).text.replace(/"requestId":"[^"]*"/, ""));
    };
    const wrong = newPhone();
    await tryCode(wrong, other(await codeOf(wrong)));
    const used = newPhone();
    const usedCode = await codeOf(used);
    await requests.confirmVerification({ phone: used, code: usedCode });
    await tryCode(used, usedCode);
    const expired = newPhone();
    const expiredCode = await codeOf(expired);
    await server.admin.query("update cloakroom.verification_codes set expires_at = now()");
    await tryCode(expired, expiredCode);
    const exhausted = newPhone();
    const exhaustedCode = await codeOf(exhausted);
    for (let tries = 0; tries < 5; tries++) await tryCode(exhausted, other(exhaustedCode));
    await tryCode(exhausted, exhaustedCode);
    for (const code of ["", "12345", "1234567", "abcdef", "１２３４５６", "' or 1=1", "1".repeat(100_000)])
      await tryCode(newPhone(), code);
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] ?? "").errors[0].extensions.code).toBe("INVALID_CODE");
  });

  test("a bad phone or name is refused by field and tells nothing of the code", async () => {
    const phone = newPhone();
    const code = await codeOf(phone);
    const refusedFor = async (input: object) => refused(await requests.confirmVerification(input));
    expect(await refusedFor({ phone: "nobody", code })).toEqual({ code: "BAD_USER_INPUT", field: "input.phone" });
    for (const tried of [code, other(code)])
      expect(await refusedFor({ phone, code: tried, name: "x".repeat(201) })).toEqual({
        code: "BAD_USER_INPUT",
        field: "input.name",
      });
    expect((await requests.confirmVerification({ phone, code })).code).toBeNull();
  });

  for (const [way, wrap] of [
    ["", (fields: string, types: string) => `mutation(${types}) { ${fields} }`],
    [
      ", out of a fragment",
      (fields: string, types: string) => `mutation(${types}) { ...Tries } fragment Tries on Mutation { ${fields} }`,
    ],
  ] as const)
    test(`a hundred tries in one request${way}: at most five are looked at, and the code is dead`, async () => {
      const phone = newPhone();
      const code = await codeOf(phone);
      const tries = Array.from({ length: 100 }, (_, index) => other(code, index + 1));
      tries[50] = code;
      const fields = tries.map((_, index) => `t${index}: confirmVerification(input: $i${index}) { accessToken }`);
      const types = tries.map((_, index) => `$i${index}: ConfirmVerificationInput!`);
      const variables = Object.fromEntries(tries.map((tried, index) => [`i${index}`, { phone, code: tried }]));
      const answer = await server.graphql(wrap(fields.join(" "), types.join(", ")), variables);
      expect([answer.code, answer.text.includes("accessToken")]).toEqual(["INVALID_CODE", false]);
      expect((await requests.confirmVerification({ phone, code })).code).toBe("INVALID_CODE");
      const { rows } = await server.admin.query(
        "select used_at, attempts from cloakroom.verification_codes order by created_at desc limit 1",
      );
      expect(rows).toEqual([{ used_at: null, attempts: 101 }]);
    });

  test("twenty requests at once with the right code open one session", async () => {
    const phone = newPhone();
    const code = await codeOf(phone);
    const answers = await Promise.all(Array.from({ length: 20 }, () => requests.confirmVerification({ phone, code })));
    const [opened, ...more] = answers.filter((answer) => answer.code === null);
    expect(more).toEqual([]);
    const sessions = await requests.sessions({ token: opened?.data.confirmVerification.accessToken ?? "" });
    expect(sessions.data.sessions).toHaveLength(1);
  });

  test("leaks neither phone, code, tokens nor address into log or tables", async () => {
    const phone = newPhone();
    const code = await codeOf(phone);
    const { data, text } = await requests.confirmVerification({ phone, code });
    const { accessToken, refreshToken } = data.confirmVerification;
    const secrets = [phone, phone.slice(1), accessToken, refreshToken];
    expect(canariesIn(text, [phone, phone.slice(1)])).toEqual([]);
    expect(canariesIn(await tableDump(server.admin), [...secrets, "127.0.0.1"])).toEqual([]);
    expect(canariesIn(server.output(), [...secrets, `"${code}"`])).toEqual([]);
  });
});
