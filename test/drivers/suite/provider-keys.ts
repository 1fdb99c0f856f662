import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { nobodysId, notFound } from "../support/stage.js";

export const providerKeys: Suite = (stage) => {
  let keys = 0;
  /** Another each time: an organization has each key once. */
  const nextKey = () => `sk-canary-${++keys}-provider-key-'"\\%-abcd`;
  const insert = (changed: object = {}, caller = stage().owner.caller) => {
    const args = { organizationId: stage().organizationId, provider: "openai", apiKey: nextKey(), ...changed };
    return stage().call("insert_provider_key", args, caller);
  };

  it("stores a key and shows its last four characters alone", async () => {
    const kept = await insert({ label: "Main", baseUrl: "https://api.example/v1?a=b" });
    expect(kept).toMatchObject({
      provider: "openai",
      label: "Main",
      baseUrl: "https://api.example/v1?a=b",
      active: true,
    });
    expect(kept.apiKey).toBe("••••••••abcd");
    expect(kept).toMatchObject({ createdBy: stage().owner.userId, lastUsedAt: null });
    const { organizationId, admin } = stage();
    expect(await stage().call("provider_keys", { organizationId }, admin.caller)).toEqual([kept]);
    const { rows } = await stage().driver.admin.query("select k::text as line from cloakroom.provider_keys k");
    expect(rows).toHaveLength(1);
    expect(rows[0].line).not.toContain("canary");
  });

  it("stores a key once, under whichever provider, and says where it is", async () => {
    const { id, apiKey } = {
      ...(await insert({ apiKey: "canary-stored-twice" })),
      apiKey: " canary-stored-twice\n",
    };
    const taken = { sqlState: "CR409", message: "The organization has this key already.", detail: null };
    expect(await stage().refusal(insert({ provider: "own", apiKey }))).toEqual(taken);
    await stage().call("delete_provider_key", { providerKeyId: id }, stage().owner.caller);
    expect((await insert({ provider: "own", apiKey })).apiKey).toBe("••••••••wice");
  });

  it("keeps what a client leaves out apart from what it clears", async () => {
    const { id } = await insert({ label: "First" });
    const update = (changes: object) =>
      stage().call("update_provider_key", { providerKeyId: id, changes }, stage().owner.caller);
    expect(await update({ active: false })).toMatchObject({ label: "First", active: false });
    expect(await update({ label: null })).toMatchObject({ label: null, active: false });
    expect(await update({ label: '{"a":1}', active: true })).toMatchObject({ label: '{"a":1}', active: true });
    expect(await update({})).toMatchObject({ label: '{"a":1}', active: true });
  });

  it.each([
    [{ provider: "" }, "input.provider"],
    [{ provider: "Open AI" }, "input.provider"],
    [{ apiKey: " \n" }, "input.apiKey"],
    [{ apiKey: "two\nlines-canary" }, "input.apiKey"],
    [{ apiKey: "k".repeat(8193) }, "input.apiKey"],
    [{ baseUrl: "ftp://example" }, "input.baseUrl"],
    [{ baseUrl: "https://user:canary@example" }, "input.baseUrl"],
  ])("refuses %j by its field, without a word of it", async (changed, field) => {
    const refusal = await stage().refusal(insert(changed));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: field });
    expect(JSON.stringify(refusal)).not.toContain("canary");
  });

  it("lets admins alone keep, see, change and delete keys", async () => {
    const { id } = await insert();
    const { organizationId, owner } = stage();
    const update = (providerKeyId: string, caller = owner.caller) =>
      stage().call("update_provider_key", { providerKeyId, changes: { active: false } }, caller);
    const remove = (providerKeyId: string, caller = owner.caller) =>
      stage().call("delete_provider_key", { providerKeyId }, caller);
    await stage().guards("ADMIN", (caller) => insert({}, caller));
    await stage().guards("ADMIN", (caller) => stage().call("provider_keys", { organizationId }, caller));
    await stage().guards("ADMIN", (caller) => update(id, caller));
    await stage().guards("ADMIN", (caller) => remove(id, caller));
    for (const none of [nobodysId, "none", ""]) {
      expect(await stage().refusal(update(none))).toEqual(notFound);
      expect(await stage().refusal(remove(none))).toEqual(notFound);
    }
    expect(await remove(id)).toBe(true);
    expect(await stage().refusal(remove(id))).toEqual(notFound);
  });
};
