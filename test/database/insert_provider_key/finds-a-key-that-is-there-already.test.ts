import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../../support/database.js";
import { providerKeyStage } from "../../support/organization-stage.js";
import { type DatabasePerson, memberOf, refusal, signInTo } from "../../support/people.js";
import { newApiKey, type ProviderKeyCalls, providerKeyCalls } from "../../support/provider-keys.js";
import { canariesIn, tableDump } from "../../support/table-dump.js";

describe("a key that the organization has already", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  let keys: ProviderKeyCalls;
  beforeAll(async () => {
    [test, owner, keys] = await providerKeyStage();
  });
  afterAll(() => test.drop());

  const conflict = { sqlState: "CR409", detail: null };
  const secrets = async () =>
    (await test.admin.query("select count(*)::integer as n from vault.secrets where name like 'provider_key:%'"))
      .rows[0].n as number;

  it("is a conflict under any provider, whether it is active, deactivated or in quarantine, and free again once deleted", async () => {
    const apiKey = newApiKey();
    const { id } = await keys.add({ apiKey });
    const before = await secrets();
    const again = () => refusal(keys.add({ apiKey: `  ${apiKey}\n`, provider: "another" }));
    expect(await again()).toEqual(conflict);
    await keys.update(id, { active: false });
    expect(await again()).toEqual(conflict);
    await keys.quarantine(id);
    expect(await again()).toEqual(conflict);
    await expect(keys.add({ apiKey })).rejects.toThrow("in quarantine");
    expect(await secrets()).toBe(before);
    await keys.remove(id);
    expect(await again()).toEqual({ sqlState: null, detail: null });
  });

  it("is none of another organization's business: the same key there is no conflict, and looks different in the table", async () => {
    const stranger = await signInTo(test.database);
    const apiKey = newApiKey();
    const mine = await keys.add({ apiKey });
    const theirs = await providerKeyCalls(test.database, stranger).add({ apiKey });
    const { rows } = await test.admin.query(
      "select count(distinct fingerprint)::integer as fingerprints from cloakroom.provider_keys where id = any ($1)",
      [[mine.id, theirs.id]],
    );
    expect(rows).toEqual([{ fingerprints: 2 }]);
    expect(canariesIn(await tableDump(test.admin), [apiKey, apiKey.slice(3, -4)])).toEqual([]);
  });

  it("is stored once by ten who store it at once", async () => {
    const admin = await memberOf(test.database, owner, "ADMIN");
    const apiKey = newApiKey();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, n) => refusal(keys.add({ apiKey }, n % 2 ? owner.caller : admin.caller))),
    );
    expect(outcomes.map(({ sqlState }) => sqlState).sort()).toEqual([...Array(9).fill("CR409"), null]);
  });

  it("is found although it was stored before there were fingerprints", async () => {
    const apiKey = newApiKey();
    const old = await keys.add({ apiKey });
    const gone = await keys.add();
    await test.admin.query("update cloakroom.provider_keys set fingerprint = null where id = any ($1)", [
      [old.id, gone.id],
    ]);
    await test.admin.query(
      "delete from vault.secrets where id = (select secret_id from cloakroom.provider_keys where id = $1)",
      [gone.id],
    );
    expect(await refusal(keys.add({ apiKey }))).toEqual(conflict);
    expect(await refusal(keys.add())).toEqual({ sqlState: null, detail: null });
  });
});
