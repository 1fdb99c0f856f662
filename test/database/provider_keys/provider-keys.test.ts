import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProviderKeyRecord } from "../../../src/services/provider-keys.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { call, type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { newApiKey } from "../../support/provider-keys.js";

const apiKey = "sk-canary-4f81d2c0-7abc";

describe("provider keys", () => {
  let testing: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [testing, owner] = await organizationStage();
  });
  afterAll(() => testing.drop());

  const insert = (args: Record<string, unknown> = {}, { caller }: DatabasePerson = owner) =>
    call<ProviderKeyRecord>(
      testing.database,
      "insert_provider_key",
      { organizationId: owner.organizationId, provider: "openai", apiKey: newApiKey(), ...args },
      caller,
    );
  const update = (providerKeyId: string, changes: Record<string, unknown>, { caller }: DatabasePerson = owner) =>
    call<ProviderKeyRecord>(testing.database, "update_provider_key", { providerKeyId, changes }, caller);
  const remove = (providerKeyId: string, { caller }: DatabasePerson = owner) =>
    call<boolean>(testing.database, "delete_provider_key", { providerKeyId }, caller);
  const list = ({ caller }: DatabasePerson = owner) =>
    call<ProviderKeyRecord[]>(testing.database, "provider_keys", { organizationId: owner.organizationId }, caller);
  const rows = async (text: string, values: unknown[] = []) => (await testing.admin.query(text, values)).rows;

  test("a key comes back masked, and stands in the vault alone", async () => {
    const added = await insert({ apiKey, label: "  main ", baseUrl: "https://llm.example.com:8443/v1?x=1" });
    expect(added).toMatchObject({
      provider: "openai",
      label: "main",
      baseUrl: "https://llm.example.com:8443/v1?x=1",
      apiKey: "••••••••7abc",
      active: true,
      createdBy: owner.userId,
      lastUsedAt: null,
    });
    expect(await list()).toContainEqual(added);
    for (const table of ["cloakroom.provider_keys", "cloakroom.audit_events", "vault.secrets"]) {
      const dump = (await rows(`select to_jsonb(t)::text as dump from ${table} t`)).map((row) => row.dump).join("\n");
      expect(dump).not.toContain(apiKey);
      expect(dump).not.toContain(apiKey.slice(3, 20));
    }
  });

  test("the vault gives back the very key", async () => {
    const pasted = newApiKey();
    const { id } = await insert({ apiKey: ` ${pasted}\n` });
    const client = await testing.admin.connect();
    try {
      await client.query("begin");
      await client.query("select set_config('cloakroom.root_key', $1, true)", [testing.rootKey]);
      const { rows: found } = await client.query(
        "select cloakroom_private.read_secret(secret_id) as secret from cloakroom.provider_keys where id = $1",
        [id],
      );
      expect(found).toEqual([{ secret: pasted }]);
    } finally {
      await client.query("rollback");
      client.release();
    }
  });

  test("a short key shows nothing of itself", async () => {
    expect((await insert({ apiKey: "elevenchars" })).apiKey).toBe("••••••••");
  });

  const refused: [string, Record<string, unknown>, string][] = [
    ["an empty key", { apiKey: "  " }, "input.apiKey"],
    ["white space in a key", { apiKey: "sk-one two" }, "input.apiKey"],
    ["a line break in a key", { apiKey: "sk-one\r\nx-evil: 1" }, "input.apiKey"],
    ["an invisible character in a key", { apiKey: "sk-\u200bone" }, "input.apiKey"],
    ["a letter beyond ASCII in a key", { apiKey: "sk-kеy" }, "input.apiKey"],
    ["a sign beyond ASCII in a key", { apiKey: "sk-one–two" }, "input.apiKey"],
    ["a key over 8 KiB", { apiKey: "k".repeat(8193) }, "input.apiKey"],
    ["an upper-case provider", { provider: "OpenAI" }, "input.provider"],
    ["a provider with a line break at its end", { provider: "openai\n" }, "input.provider"],
    ["a provider of 64 characters", { provider: "p".repeat(64) }, "input.provider"],
    ["a label over 200 characters", { label: "l".repeat(201) }, "input.label"],
    ["a base URL with credentials", { baseUrl: "https://user:pass@example.com" }, "input.baseUrl"],
    ["a base URL with a user alone", { baseUrl: "https://user@example.com" }, "input.baseUrl"],
    ["a relative base URL", { baseUrl: "/v1" }, "input.baseUrl"],
    ["a base URL of another scheme", { baseUrl: "file:///etc/passwd" }, "input.baseUrl"],
    ["an empty base URL", { baseUrl: "" }, "input.baseUrl"],
    ["a base URL with a fragment", { baseUrl: "https://example.com/v1#top" }, "input.baseUrl"],
    ["a base URL with an empty fragment", { baseUrl: "https://example.com/v1?a=b#" }, "input.baseUrl"],
    ["a base URL over 2,000 characters", { baseUrl: `https://example.com/${"a".repeat(2000)}` }, "input.baseUrl"],
  ];
  for (const [what, args, field] of refused)
    test(`${what} is refused by field, and nothing is written`, async () => {
      const before = (await rows("select 1 from vault.secrets")).length;
      expect(await refusal(insert(args))).toEqual({ sqlState: "CR422", detail: field });
      expect(await rows("select 1 from vault.secrets")).toHaveLength(before);
    });

  for (const path of ["/chat/completions", "/messages"])
    test(`a base URL with ${path} at its end is refused in a sentence that says to leave it out`, async () => {
      const host = "https://llm.example.com";
      for (const end of [path, `/v1${path}`, `/v1${path}/`, `/v1${path.toUpperCase()}`, `/v1${path}?api-version=1`])
        expect(await insert({ baseUrl: host + end }).catch(({ message, detail }) => ({ message, detail }))).toEqual({
          message: `Give the address without ${path}.`,
          detail: "input.baseUrl",
        });
    });

  test("a base URL may have a query, and those words anywhere but at the end of its path", async () => {
    for (const baseUrl of [
      "https://ours.openai.azure.com/openai/v1?api-version=preview",
      "https://messages",
      "https://example.com/messages/v1",
      "https://example.com/v1?to=/messages",
      "https://example.com/all-messages",
    ])
      expect((await insert({ baseUrl })).baseUrl).toBe(baseUrl);
  });

  test("a provider may have any lower-case name", async () => {
    for (const provider of ["my_llm", "together.ai", "azure-openai", "p".repeat(63)])
      expect((await insert({ provider })).provider).toBe(provider);
  });

  test("a key of exactly 8 KiB is taken", async () => {
    expect((await insert({ apiKey: "k".repeat(8192) })).apiKey).toBe("••••••••kkkk");
  });

  test("what changes leaves out stays, and null clears the label", async () => {
    const { id } = await insert({ label: "old" });
    expect(await update(id, { active: false })).toMatchObject({ label: "old", active: false });
    expect(await update(id, { label: "new" })).toMatchObject({ label: "new", active: false });
    expect(await update(id, { label: null, active: null })).toMatchObject({ label: null, active: false });
    expect(await refusal(update(id, { label: "l".repeat(201) }))).toEqual({ sqlState: "CR422", detail: "input.label" });
  });

  test("deleting takes row and vault secret", async () => {
    const { id } = await insert();
    const [{ secret_id: secretId }] = await rows("select secret_id from cloakroom.provider_keys where id = $1", [id]);
    expect(await remove(id)).toBe(true);
    expect(await rows("select 1 from vault.secrets where id = $1", [secretId])).toEqual([]);
    expect(await refusal(remove(id))).toMatchObject({ sqlState: "CR404" });
  });

  test("two who delete one key at once: one does, the other finds nothing", async () => {
    const { id } = await insert();
    const outcomes = await Promise.all([refusal(remove(id)), refusal(remove(id))]);
    expect(outcomes.map(({ sqlState }) => sqlState).sort()).toEqual(["CR404", null]);
  });

  test("each action is one event that names provider and label and not the key", async () => {
    const { id } = await insert({ provider: "anthropic", label: "prod" });
    await update(id, { active: false });
    await remove(id);
    const events = await rows(
      "select action, target_type, details from cloakroom.audit_events where target_id = $1 order by sequence",
      [id],
    );
    const details = { provider: "anthropic", label: "prod" };
    expect(events).toEqual(
      ["PROVIDER_KEY_ADDED", "PROVIDER_KEY_UPDATED", "PROVIDER_KEY_DELETED"].map((action) => ({
        action,
        target_type: "provider_key",
        details,
      })),
    );
  });

  test("below ADMIN all of it is forbidden, to a stranger it is not there", async () => {
    const { id } = await insert();
    const stranger = await signInTo(testing.database);
    // One after the other: an update that came after the removal would rightly find nothing.
    const states = async (person: DatabasePerson) => [
      (await refusal(list(person))).sqlState,
      (await refusal(insert({}, person))).sqlState,
      (await refusal(update(id, { active: false }, person))).sqlState,
      (await refusal(remove(id, person))).sqlState,
    ];
    for (const role of ["VIEWER", "MEMBER"])
      expect(await states(await memberOf(testing.database, owner, role))).toEqual(Array(4).fill("CR403"));
    expect(await states(stranger)).toEqual(Array(4).fill("CR404"));
    expect(await refusal(remove(randomUUID()))).toMatchObject({ sqlState: "CR404" });
    expect(await states(await memberOf(testing.database, owner, "ADMIN"))).toEqual(Array(4).fill(null));
  });
});
