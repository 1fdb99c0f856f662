import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverCaller } from "../../../src/database/server-caller.js";
import type { TestDatabase } from "../../support/database.js";
import { providerKeyStage } from "../../support/organization-stage.js";
import { type DatabasePerson, refusal } from "../../support/people.js";
import { newApiKey, type ProviderKeyCalls } from "../../support/provider-keys.js";

describe("get_decrypted_provider_key", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    [test, owner, keys] = await providerKeyStage();
  });
  afterAll(() => test.drop());

  const used = async (id: string) =>
    (
      await test.admin.query(
        "select actor_id, details from cloakroom.audit_events where target_id = $1 and action = 'PROVIDER_KEY_USED'",
        [id],
      )
    ).rows;

  it("gives the service role the key, notes its use, and writes an event of nobody each time", async () => {
    const apiKey = newApiKey();
    const { id } = await keys.add({ apiKey, label: "main" });
    expect(await keys.decrypted(id)).toBe(apiKey);
    expect(await keys.decrypted(id, serverCaller(null))).toBe(apiKey);
    const details = { provider: "openai", label: "main", handedOut: true };
    expect(await used(id)).toEqual([
      { actor_id: null, details },
      { actor_id: null, details },
    ]);
    expect((await keys.list()).find((key) => key.id === id)?.lastUsedAt).toEqual(expect.any(String));
    const { recentUses } = await keys.quarantine(id);
    expect(recentUses).toHaveLength(2);
    expect(recentUses[0]).toMatchObject({
      actorId: null,
      actorName: null,
      model: null,
      handedOut: true,
      ipAddress: null,
    });
    expect(recentUses[1]).toMatchObject({ handedOut: true, ipAddress: "••••••••" });
  });

  it("leaves a line in the log of Postgres, which no rollback takes back, and no key in it", async () => {
    const apiKey = newApiKey();
    const { id } = await keys.add({ apiKey });
    const client = await test.admin.connect();
    const lines: string[] = [];
    client.on("notice", ({ message = "" }) => lines.push(message));
    try {
      await client.query("select set_config('cloakroom.root_key', $1, false)", [test.rootKey]);
      await client.query("set client_min_messages = log; begin; set local role service_role");
      const { rows } = await client.query("select cloakroom_api.get_decrypted_provider_key($1) as key", [id]);
      expect(rows).toEqual([{ key: apiKey }]);
      await client.query("rollback");
    } finally {
      client.release(true);
    }
    expect(lines).toEqual([`cloakroom: provider key ${id} is handed out`]);
    expect(await used(id)).toEqual([]);
  });

  it("gives nobody else anything, not even the owner, and writes nothing then", async () => {
    const { id } = await keys.add();
    expect(await refusal(keys.decrypted(id, owner.caller))).toMatchObject({ sqlState: "42501" });
    expect(await used(id)).toEqual([]);
  });

  it("gives no key that is deactivated, in quarantine or deleted, and none that never was", async () => {
    const states = async (spoil: (id: string) => Promise<unknown>) => {
      const { id } = await keys.add();
      await spoil(id);
      const { sqlState } = await refusal(keys.decrypted(id));
      expect(await used(id)).toEqual([]);
      return sqlState;
    };
    expect(await states((id) => keys.update(id, { active: false }))).toBe("CR409");
    expect(await states((id) => keys.quarantine(id))).toBe("CR409");
    expect(await states((id) => keys.remove(id))).toBe("CR404");
    expect(await refusal(keys.decrypted(randomUUID()))).toMatchObject({ sqlState: "CR404" });
  });

  it("gives no key where the event cannot be written", async () => {
    const { id } = await keys.add();
    await test.admin.query(`
      create function public.refuse_event() returns trigger language plpgsql as
        $$ begin raise exception 'full' using errcode = '53100'; end $$;
      create trigger refuse_event before insert on cloakroom.audit_events for each row execute function public.refuse_event();`);
    try {
      expect(await refusal(keys.decrypted(id))).toMatchObject({ sqlState: "53100" });
      expect(await refusal(keys.take(owner, { providerKeyId: id }))).toMatchObject({ sqlState: "53100" });
    } finally {
      await test.admin.query("drop function public.refuse_event() cascade");
    }
    expect((await keys.list()).find((key) => key.id === id)?.lastUsedAt).toBeNull();
  });
});
