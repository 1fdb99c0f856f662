import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { providerKeyStage } from "../../support/organization-stage.js";
import { newApiKey, type ProviderKeyCalls } from "../../support/provider-keys.js";

const canary = "c4n4rya1b2c3d4e5f6g7h8i9j0k1l2m3";
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
const jwt = (claims: object) => `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}.${canary}`;
const supabase = { iss: "supabase", ref: "abcdefghijklmnopqrst", iat: 1_700_000_000, exp: 2_000_000_000 };
/** What looks like a key is put together here, so that no scanner takes this file for a leak. */
const shaped = (...parts: string[]) => parts.join("");

const mistakes: [what: string, apiKey: string, sentence: RegExp][] = [
  ["an OpenAI admin key", shaped("sk-", "admin-", canary), /OpenAI admin key/],
  ["an Anthropic admin key", shaped("sk-ant-", "admin01-", canary), /Anthropic admin key/],
  ["a token of a Claude login", shaped("sk-ant-", "oat01-", canary), /Claude login/],
  ["a service-role JWT", jwt({ ...supabase, role: "service_role" }), /service-role key of a Supabase project/],
  ["an anon JWT", jwt({ ...supabase, role: "anon" }), /token of a Supabase project/],
  ["a user's access token", jwt({ sub: canary, role: "authenticated" }), /token of a Supabase project/],
  ["a secret key of Supabase", shaped("sb_", "secret_", canary), /secret key of a Supabase project/],
  ["a GitHub token", shaped("gh", "p_", canary), /GitHub token/],
  ["a fine-grained GitHub token", shaped("github", "_pat_", canary), /GitHub token/],
  ["a Slack token", shaped("xo", "xb-", canary), /Slack token/],
  ["a Stripe key", shaped("sk_", "live_", canary), /Stripe key/],
  ["the id of an AWS key", shaped("AK", "IA", "ABCDEFGH23456789"), /AWS access key/],
  ["a private key", `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----`, /private key in PEM/],
  ["a mask", "••••••••wxyz", /mask of a key/],
  ["a key shortened with an ellipsis", shaped("sk-", "proj-", `${canary}…wxyz`), /was shortened for display/],
  ["a key shortened with dots", shaped("sk-", "...", "wxyz"), /was shortened for display/],
  ["a key shortened with asterisks", shaped("sk-", `${canary}****`, "wxyz"), /was shortened for display/],
  ["an address", `HTTPS://llm.example.com/v1?key=${canary}`, /an address/],
  ["a service account's file", `{\n  "type": "service_account",\n  "private_key": "${canary}"\n}\n`, /JSON object/],
  ["a key between quotes", `"${canary}"`, /between quotes/],
  ["a line of an environment file", `OPENAI_API_KEY=${canary}`, /environment file/],
];

const known: [provider: string, apiKey: () => string][] = [
  ["anthropic", () => shaped("sk-ant-", "api03-", newApiKey())],
  ["openai", () => shaped("sk-", "proj-", newApiKey())],
  ["openai", () => shaped("sk-", "svcacct-", newApiKey())],
  ["openrouter", () => shaped("sk-or-", "v1-", newApiKey())],
  ["google", () => shaped("AI", "za", newApiKey().slice(-35))],
  ["groq", () => shaped("gs", "k_", newApiKey().replaceAll("-", ""))],
  ["xai", () => shaped("xa", "i-", newApiKey())],
  ["huggingface", () => shaped("h", "f_", newApiKey().replaceAll("-", ""))],
];

describe("what a key looks like", () => {
  let test: TestDatabase;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    [test, , keys] = await providerKeyStage();
  });
  afterAll(() => test.drop());

  const refusalOf = (args: Record<string, unknown>) =>
    keys.add(args).then(
      () => null,
      ({ sqlState, detail, message }: { sqlState: string; detail: string; message: string }) => ({
        sqlState,
        detail,
        message,
      }),
    );

  for (const [what, apiKey, sentence] of mistakes)
    it(`${what} is refused under any provider, in a sentence that says what it is and quotes nothing of it`, async () => {
      for (const provider of ["openai", "anthropic", "my-gateway"]) {
        const refusal = await refusalOf({ provider, apiKey });
        expect(refusal).toMatchObject({ sqlState: "CR422", detail: "input.apiKey" });
        expect(refusal?.message).toMatch(sentence);
        expect(refusal?.message).not.toContain(canary.slice(0, 8));
      }
    });

  for (const [provider, apiKey] of known)
    it(`a key that looks like one of ${provider} is taken there, and in no other well-known provider's box`, async () => {
      const misplaced = provider === "openai" ? "anthropic" : "openai";
      for (const wrong of [misplaced, "mistral", "deepseek"]) {
        const refusal = await refusalOf({ provider: wrong, apiKey: apiKey() });
        expect(refusal).toMatchObject({ sqlState: "CR422", detail: "input.provider" });
        expect(refusal?.message).toContain(`its provider is ${provider}.`);
        expect(refusal?.message).not.toContain("canary");
      }
      expect(await keys.add({ provider, apiKey: apiKey() })).toMatchObject({ provider, suggestedProvider: null });
    });

  it("a provider of one's own takes any of them, and the answer suggests the well-known one", async () => {
    const apiKey = shaped("sk-ant-", "api03-", newApiKey());
    expect(await keys.add({ provider: "our-gateway", apiKey })).toMatchObject({
      provider: "our-gateway",
      suggestedProvider: "anthropic",
    });
    expect(await keys.add({ provider: "our-gateway" })).toMatchObject({ suggestedProvider: null });
  });

  it("a provider that is no name is refused with the one that the key suggests", async () => {
    for (const provider of ["", "Anthropic", "Claude AI"]) {
      const refusal = await refusalOf({ provider, apiKey: shaped("sk-ant-", "api03-", newApiKey()) });
      expect(refusal).toMatchObject({ sqlState: "CR422", detail: "input.provider" });
      expect(refusal?.message).toContain("its provider is anthropic.");
    }
  });

  it("a name that a provider has beside its own is the same provider", async () => {
    const apiKey = shaped("AI", "za", newApiKey().slice(-35));
    expect(await keys.add({ provider: "gemini", apiKey })).toMatchObject({
      provider: "gemini",
      suggestedProvider: null,
    });
    expect(await refusalOf({ provider: "claude", apiKey: shaped("sk-", "proj-", newApiKey()) })).toMatchObject({
      detail: "input.provider",
    });
  });

  it("what no provider has published is taken anywhere: an sk- alone, and a JWT of somebody's own", async () => {
    for (const provider of ["openai", "anthropic", "google", "deepseek"])
      expect(await keys.add({ provider })).toMatchObject({ provider });
    expect(await keys.add({ provider: "minimax", apiKey: jwt({ GroupName: "ours", iss: "minimax" }) })).toMatchObject({
      active: true,
    });
    expect(await keys.add({ provider: "odd", apiKey: `eyJ${newApiKey()}.e30.x` })).toMatchObject({ active: true });
  });
});
