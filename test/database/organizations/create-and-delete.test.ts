import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OrganizationRecord } from "../../../src/services/organizations.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { call, type DatabasePerson, memberOf, refusal, setLimits, signInTo, somePhone } from "../../support/people.js";

describe("create_organization and delete_organization", () => {
  let testing: TestDatabase;
  beforeAll(async () => {
    testing = await createTestDatabase();
    await setLimits(testing.database);
  });
  afterAll(() => testing.drop());

  const create = ({ caller }: DatabasePerson, name: string) =>
    call<OrganizationRecord>(testing.database, "create_organization", { name }, caller);
  const remove = ({ caller }: DatabasePerson, organizationId: string) =>
    call<boolean>(testing.database, "delete_organization", { organizationId }, caller);
  const rows = async (text: string, values: unknown[] = []) => (await testing.admin.query(text, values)).rows;

  test("the maker is its OWNER, and the making is its log's first event", async () => {
    const person = await signInTo(testing.database);
    const made = await create(person, "  Analytical Engines  ");
    expect(made).toMatchObject({ name: "Analytical Engines", role: "OWNER" });
    const listed = await call<OrganizationRecord[]>(testing.database, "organizations", {}, person.caller);
    expect(listed.map(({ name }) => name)).toEqual(["Personal", "Analytical Engines"]);
    expect(
      await rows("select sequence, action, actor_id from cloakroom.audit_events where organization_id = $1", [made.id]),
    ).toEqual([{ sequence: 1, action: "ORGANIZATION_CREATED", actor_id: person.userId }]);
  });

  test("a name is 1 to 200 characters", async () => {
    const person = await signInTo(testing.database);
    for (const name of ["", " \n ", "x".repeat(201)])
      expect(await refusal(create(person, name))).toEqual({ sqlState: "CR422", detail: "input.name" });
    expect((await create(person, "😀".repeat(200))).name).toHaveLength(400);
  });

  test("only an OWNER deletes it", async () => {
    const owner = await signInTo(testing.database);
    for (const role of ["VIEWER", "MEMBER", "ADMIN"]) {
      const person = await memberOf(testing.database, owner, role);
      expect(await refusal(remove(person, owner.organizationId))).toMatchObject({ sqlState: "CR403" });
    }
    expect(await remove(owner, owner.organizationId)).toBe(true);
    expect(await refusal(remove(owner, owner.organizationId))).toMatchObject({ sqlState: "CR404" });
  });

  test("its keys leave the vault with it, everything in it goes, and its events stay", async () => {
    const owner = await signInTo(testing.database);
    const { id } = await create(owner, "Short-lived");
    const key = { organizationId: id, provider: "openai", apiKey: "sk-canary-of-a-short-life" };
    await call(testing.database, "insert_provider_key", key, owner.caller);
    await call(testing.database, "create_table", { organizationId: id, name: "T", columns: [] }, owner.caller);
    const secrets = (
      await rows(
        `select data_key_id as id from cloakroom.organizations where id = $1
       union all select secret_id from cloakroom.provider_keys where organization_id = $1`,
        [id],
      )
    ).map((row) => row.id);
    expect(secrets).toHaveLength(2);
    await remove(owner, id);
    expect(await rows("select 1 from vault.secrets where id = any ($1)", [secrets])).toEqual([]);
    for (const table of ["members", "provider_keys", "tables", "columns", "rows"])
      expect(await rows(`select 1 from cloakroom.${table} where organization_id = $1`, [id]), table).toEqual([]);
    const [last] = await rows(
      "select action from cloakroom.audit_events where organization_id = $1 order by sequence desc limit 1",
      [id],
    );
    expect(last).toEqual({ action: "ORGANIZATION_DELETED" });
  });

  test("whoever adds to it at the same moment is served before or finds it gone", async () => {
    for (let round = 0; round < 10; round++) {
      const owner = await signInTo(testing.database);
      const organizationId = owner.organizationId;
      const add = call(
        testing.database,
        "add_member",
        { organizationId, phone: somePhone(), role: "MEMBER" },
        owner.caller,
      );
      const key = { organizationId, provider: "openai", apiKey: "sk-canary-racing" };
      const insert = call(testing.database, "insert_provider_key", key, owner.caller);
      const outcomes = await Promise.all([add, remove(owner, organizationId), insert].map(refusal));
      expect(outcomes[1]?.sqlState).toBeNull();
      for (const { sqlState } of outcomes) expect([null, "CR404"]).toContain(sqlState);
    }
    expect(await rows("select 1 from cloakroom.provider_keys")).toEqual([]);
    expect(await rows("select 1 from vault.secrets where name like 'provider_key:%'")).toEqual([]);
  });
});
