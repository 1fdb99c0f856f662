import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { call, type DatabasePerson, server, setLimits, signInTo } from "../support/people.js";
import { providerKeyCalls } from "../support/provider-keys.js";
import { addRows, makeTable } from "../support/tables.js";
import { githubHeaders } from "../support/webhooks.js";

/** Every check of a role or membership taken out: they say yes to whoever has a session, and know the foreign ids. */
const withoutChecks = (organizationId: string) => `
  create or replace function cloakroom_private.require_role(organization_id uuid, minimum text) returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin return cloakroom_private.require_caller(); end $$;
  create or replace function cloakroom_private.lock_organization(organization_id uuid) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$ begin end $$;
  create or replace function cloakroom_private.not_found() returns void
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$ begin end $$;
  create or replace function cloakroom_private.reachable_table(table_id uuid, minimum text) returns cloakroom.tables
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
  begin return row(table_id, '${organizationId}'::uuid, 'found', now())::cloakroom.tables; end $$;`;

describe("row security alone, with every membership check taken out", () => {
  let test: TestDatabase;
  let stranger: DatabasePerson;
  let foreign: Record<
    "organizationId" | "tableId" | "columnId" | "plainId" | "rowId" | "memberId" | "keyId" | "hookId" | "integrationId",
    string
  >;
  beforeAll(async () => {
    test = await createTestDatabase();
    await setLimits(test.database);
    const owner = await signInTo(test.database);
    stranger = await signInTo(test.database);
    const { organizationId, caller } = owner;
    const table = await makeTable(test.database, owner, [
      { name: "canary column", type: "TEXT", sensitive: true, mask: "LAST4" },
      { name: "plain", type: "TEXT" },
    ]);
    const [row] = await addRows(test.database, table, [{ "canary column": "canary secret", plain: "canary" }], caller);
    const key = { organizationId, provider: "openai", apiKey: "sk-canary-0123456789", label: "canary" };
    const { id: keyId } = await call<{ id: string }>(test.database, "insert_provider_key", key, caller);
    const keys = providerKeyCalls(test.database, owner);
    await keys.limit({ models: ["canary-model"] });
    await keys.open((await keys.begin({ model: "canary-model" })).useId);
    const hook = { organizationId, name: "canary", secret: "canary of a secret", style: "GITHUB" };
    const { endpoint } = await call<{ endpoint: { id: string } }>(test.database, "add_webhook_endpoint", hook, caller);
    const delivery = {
      webhookEndpointId: endpoint.id,
      headers: githubHeaders(hook.secret, '"canary"'),
      body: "ImNhbmFyeSI=",
    };
    await call(test.database, "receive_webhook", delivery, server);
    const tokens = { service: "slack", accessToken: "canary-of-a-token", refreshToken: "canary-of-a-refresh-token" };
    const { id: integrationId } = await call<{ id: string }>(
      test.database,
      "insert_integration",
      { organizationId, account: "canary", ...tokens },
      caller,
    );
    await call(test.database, "begin_integration_flow", { organizationId, service: "slack" }, caller);
    await call(test.database, "begin_integration_use", { integrationId, method: "GET" }, caller);
    const [member] = await call<{ id: string }[]>(
      test.database,
      "members",
      { organizationIds: [organizationId] },
      caller,
    );
    const { "canary column": columnId = "", plain: plainId = "" } = table.ids;
    foreign = {
      organizationId,
      tableId: table.id,
      columnId,
      plainId,
      rowId: row?.id ?? "",
      memberId: member?.id ?? "",
      keyId,
      hookId: endpoint.id,
      integrationId,
    };
    await test.admin.query(withoutChecks(organizationId));
  });
  afterAll(() => test.drop());

  const tables = [
    "organizations",
    "members",
    "tables",
    "columns",
    "rows",
    "provider_keys",
    "provider_key_uses",
    "provider_key_tokens",
    "usage_limits",
    "webhook_endpoints",
    "webhook_events",
    "integrations",
    "integration_flows",
    "integration_uses",
    "audit_events",
    "audit_heads",
  ];
  async function everythingForeign(): Promise<string> {
    const own = tables.map(
      (name) => `(select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) from cloakroom.${name} t
      where t.${name === "organizations" ? "id" : "organization_id"} = '${foreign.organizationId}')`,
    );
    const secrets = "(select jsonb_agg(to_jsonb(s) order by s.id) from vault.secrets s)";
    const { rows } = await test.admin.query(`select jsonb_build_array(${[...own, secrets].join(", ")})::text as all`);
    return rows[0].all;
  }

  it("answers a stranger nothing of another organization, and writes nothing into it", async () => {
    const { organizationId, tableId, columnId, plainId, rowId, memberId, keyId, hookId, integrationId } = foreign;
    const before = await everythingForeign();
    expect(before).toContain("canary");
    const calls: [string, Record<string, unknown>][] = [
      ["organization", { organizationId }],
      ["members", { organizationIds: [organizationId] }],
      ["add_member", { organizationId, phone: "+14155550177", role: "OWNER" }],
      ["update_member", { memberId, role: "VIEWER" }],
      ["remove_member", { memberId }],
      ["delete_organization", { organizationId }],
      ["provider_keys", { organizationId }],
      ["insert_provider_key", { organizationId, provider: "openai", apiKey: "sk-of-a-stranger" }],
      ["update_provider_key", { providerKeyId: keyId, changes: { label: "mine" } }],
      ["delete_provider_key", { providerKeyId: keyId }],
      ["check_provider_key_rotation", { providerKeyId: keyId, apiKey: "sk-of-a-stranger" }],
      ["rotate_provider_key", { providerKeyId: keyId, apiKey: "sk-of-a-stranger" }],
      ["quarantine_provider_key", { providerKeyId: keyId }],
      ["release_provider_key", { providerKeyId: keyId }],
      ["provider_key_choices", { organizationId }],
      ["usage_limits", { organizationIds: [organizationId] }],
      ["set_usage_limits", { organizationId, limits: { requestsPerMinute: 1 } }],
      ["begin_provider_key_use", { organizationId, providerKeyId: keyId, model: "of-a-stranger" }],
      ["begin_provider_key_use", { organizationId, provider: "openai" }],
      ["integrations", { organizationId }],
      ["insert_integration", { organizationId, service: "slack", accessToken: "of-a-stranger" }],
      ["begin_integration_flow", { organizationId, service: "slack" }],
      ["begin_integration_use", { integrationId, method: "GET" }],
      ["begin_integration_deletion", { integrationId }],
      ["delete_integration", { integrationId }],
      ["webhook_endpoints", { organizationId }],
      ["add_webhook_endpoint", { organizationId, name: "of a stranger" }],
      ["rotate_webhook_secret", { webhookEndpointId: hookId }],
      ["delete_webhook_endpoint", { webhookEndpointId: hookId }],
      ["webhook_events", { webhookEndpointIds: [hookId] }],
      ["tables", { organizationId }],
      ["create_table", { organizationId, name: "of a stranger" }],
      ["rename_table", { id: tableId, name: "of a stranger" }],
      ["delete_table", { id: tableId }],
      ["columns", { tableIds: [tableId] }],
      ["add_column", { tableId, column: { name: "of a stranger", type: "TEXT" } }],
      ["update_column", { id: columnId, changes: { sensitive: false, unseal: true } }],
      ["update_column", { id: columnId, changes: { mask: "FULL", name: "of a stranger" } }],
      ["delete_column", { id: plainId }],
      ["rows", { tableIds: [tableId] }],
      ["row_by_id", { id: rowId }],
      ["row_counts", { tableIds: [tableId] }],
      ["add_rows", { tableId, rows: [{}] }],
      ["add_rows", { tableId, rows: [{ [plainId]: "of a stranger" }] }],
      ["update_row", { id: rowId, values: {} }],
      ["update_row", { id: rowId, values: { [plainId]: "of a stranger" } }],
      ["delete_rows", { ids: [rowId] }],
      ["reveal_cell", { rowId, columnId }],
      ["audit_events", { organizationId }],
      ["verify_audit_log", { organizationId }],
    ];
    for (const [fn, args] of calls) {
      const answer = await call(test.database, fn, args, stranger.caller).catch(() => "refused");
      expect(`${fn}: ${JSON.stringify(answer)}`).not.toMatch(/canary|@|"hash"|rowCount":[1-9]|eventsChecked":[1-9]/i);
    }
    expect(await everythingForeign()).toBe(before);
  });

  it("gives the server itself no way to users' tables but finishing conversions", async () => {
    const { organizationId, tableId, rowId, columnId } = foreign;
    for (const [fn, args] of [
      ["rows", { tableIds: [tableId] }],
      ["reveal_cell", { rowId, columnId }],
      ["members", { organizationIds: [organizationId] }],
    ] as const)
      await expect(call(test.database, fn, args, server)).rejects.toMatchObject({ sqlState: "42501" });
  });
});
