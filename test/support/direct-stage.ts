import { createHmac, randomBytes } from "node:crypto";
import { ownOnboarding } from "../../src/config/onboarding-file.js";
import type { Caller, Database } from "../../src/database/port.js";
import { createTestDatabase } from "./database.js";
import { type Claims, type DirectAccess, openDirectAccess } from "./direct-caller.js";
import { aMessage } from "./messages.js";
import { call, type DatabasePerson, memberOf, server, setLimits, signInTo } from "./people.js";
import { addRows, makeTable } from "./tables.js";

/** One organization with one thing of each kind. */
export interface Premises {
  readonly owner: DatabasePerson;
  readonly organizationId: string;
  readonly tableId: string;
  /** A sensitive column, and others by their names. */
  readonly secretId: string;
  readonly columnIds: Readonly<Record<string, string>>;
  readonly rowId: string;
  readonly memberId: string;
  readonly keyId: string;
  /** A second provider key, in quarantine. */
  readonly quarantinedKeyId: string;
  readonly integrationId: string;
  /** With one event. */
  readonly webhookEndpointId: string;
  readonly conversationId: string;
  /** A second session of the owner. */
  readonly sessionId: string;
}

/** Everything in it has `canary` in it; what is sealed, `sealed-<canary>`. */
export async function makePremises(database: Database, canary: string): Promise<Premises> {
  await setLimits(database);
  await call(database, "configure_onboarding", { script: ownOnboarding() }, server);
  const owner = await signInTo(database, undefined, { name: `${canary} owner` });
  const { caller, organizationId, phone } = owner;
  const member = await memberOf(database, owner, "MEMBER");
  const table = await makeTable(
    database,
    owner,
    [
      { name: `${canary} secret`, type: "TEXT", sensitive: true, mask: "LAST4" },
      { name: `${canary} text`, type: "TEXT" },
      { name: "json", type: "JSON" },
      { name: "url", type: "URL" },
      { name: "choice", type: "SELECT", options: ["a", "b"] },
      { name: "number", type: "NUMBER" },
    ],
    `${canary} table`,
  );
  const { [`${canary} secret`]: secretId = "", [`${canary} text`]: textId = "", ...others } = table.ids;
  const values = { [`${canary} secret`]: `sealed-${canary}`, [`${canary} text`]: canary, json: { [canary]: [1] } };
  const [row] = await addRows(database, table, [values, { [`${canary} text`]: canary }], caller);
  const members = await call<{ id: string; userId: string }[]>(
    database,
    "members",
    { organizationIds: [organizationId] },
    caller,
  );
  const message = { ...aMessage, chatGuid: `${canary} of ${owner.userId}`, participants: [phone], messageText: canary };
  const { conversationId } = await call<{ conversationId: string }>(database, "ingest_message", message, server);
  const trait = { name: `${canary} trait`, value: canary, confidence: 1, source: "user" };
  await call(database, "set_trait", { input: trait }, caller);
  await call(database, "answer_onboarding", { input: { step: "name", answer: canary } }, caller);
  return {
    owner,
    organizationId,
    tableId: table.id,
    secretId,
    columnIds: { ...others, text: textId },
    rowId: row?.id ?? "",
    memberId: members.find(({ userId }) => userId === member.userId)?.id ?? "",
    ...(await makeConnections(database, canary, owner)),
    conversationId,
    sessionId: (await signInTo(database, phone)).sessionId,
  };
}

/** What an organization has of the world outside: provider keys and their limits, an integration, a webhook endpoint. */
async function makeConnections(database: Database, canary: string, owner: DatabasePerson) {
  const { userId, sessionId, organizationId, caller } = owner;
  const make = async (fn: string, args: Record<string, unknown>) =>
    (await call<{ id: string }>(database, fn, { organizationId, ...args }, caller)).id;
  const key = { provider: "openai", apiKey: `sealed-${canary}`, label: canary };
  const keyId = await make("insert_provider_key", key);
  const quarantinedKeyId = await make("insert_provider_key", { ...key, apiKey: `sealed-${canary}-leaked` });
  await call(database, "quarantine_provider_key", { providerKeyId: quarantinedKeyId, reason: canary }, caller);
  const limits = { models: ["gpt-4o", canary], requestsPerMinute: 1_000_000 };
  await call(database, "set_usage_limits", { organizationId, limits }, caller);
  const use = { userId, sessionId, organizationId, providerKeyId: keyId, model: canary, tokensReserved: 10 };
  await call(database, "take_provider_key", use, server);
  const integrationId = await make("insert_integration", {
    service: "notion",
    account: canary,
    accessToken: `sealed-${canary}`,
    refreshToken: `sealed-${canary}-too`,
    scopes: [canary],
  });
  await call(database, "begin_integration_use", { integrationId, method: "GET" }, caller);
  await call(database, "begin_integration_flow", { organizationId, service: canary, scopes: [canary] }, caller);
  return {
    keyId,
    quarantinedKeyId,
    integrationId,
    webhookEndpointId: await makeEndpoint(database, canary, organizationId, caller),
  };
}

async function makeEndpoint(database: Database, canary: string, organizationId: string, caller: Caller) {
  const secret = `sealed-${canary}`.padEnd(16, "-");
  const args = { organizationId, name: canary, secret, style: "GITHUB" };
  const { endpoint } = await call<{ endpoint: { id: string } }>(database, "add_webhook_endpoint", args, caller);
  const body = JSON.stringify({ of: canary });
  const headers = {
    "x-github-delivery": `${canary} ${randomBytes(8).toString("hex")}`,
    "x-github-event": canary,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  const delivery = { webhookEndpointId: endpoint.id, headers, body: Buffer.from(body).toString("base64") };
  const { outcome } = await call<{ outcome: string }>(database, "receive_webhook", delivery, server);
  if (outcome !== "received") throw new Error(`The delivery of ${canary} was ${outcome}.`);
  return endpoint.id;
}

/** One call of each function that users may call, upon these premises; all of them would be answered to the owner. */
export function representativeCalls(on: Premises): Record<string, Record<string, unknown>> {
  return { ...callsOfConnections(on), ...callsWithinCloakroom(on) };
}

function callsWithinCloakroom(on: Premises): Record<string, Record<string, unknown>> {
  const { organizationId, tableId, secretId, rowId, columnIds } = on;
  return {
    me: {},
    session: {},
    sessions: {},
    revoke_session: { session_id: on.sessionId },
    organizations: {},
    organization: { organization_id: organizationId },
    members: { organization_ids: [organizationId] },
    create_organization: { name: "another" },
    delete_organization: { organization_id: organizationId },
    add_member: { organization_id: organizationId, phone: "+14155550177", role: "VIEWER" },
    update_member: { member_id: on.memberId, role: "VIEWER" },
    remove_member: { member_id: on.memberId },
    tables: { organization_id: organizationId },
    table_by_id: { id: tableId },
    create_table: { organization_id: organizationId, name: "another", columns: [{ name: "a", type: "TEXT" }] },
    rename_table: { id: tableId, name: "renamed" },
    delete_table: { id: tableId },
    columns: { table_ids: [tableId] },
    add_column: { table_id: tableId, definition: { name: "added", type: "TEXT", sensitive: true, mask: "LAST4" } },
    update_column: { id: columnIds.text, changes: { name: "renamed", position: 0 } },
    delete_column: { id: columnIds.text },
    convert_column: { column_id: secretId },
    rows: { table_ids: [tableId], first: 500, after: 0 },
    row_by_id: { id: rowId },
    row_counts: { table_ids: [tableId] },
    add_rows: { table_id: tableId, rows: [{ [columnIds.text ?? ""]: "new", [secretId]: "sealed-and-new" }] },
    update_row: { id: rowId, values: { [secretId]: "sealed-and-changed" }, expected_version: 1 },
    delete_rows: { ids: [rowId] },
    reveal_cell: { row_id: rowId, column_id: secretId, reason: "because" },
    verify_audit_log: { organization_id: organizationId },
    audit_events: { organization_id: organizationId, filter: { actions: ["TABLE_CREATED"] }, first: 10, after: 100 },
    conversations: { first: 10, after: null },
    messages: { conversation_ids: [on.conversationId], first: 10, after: null },
    whole_list: { function_name: "rows", args: { table_ids: [tableId] } },
    person: {},
    update_profile: { changes: { name: "renamed" } },
    set_trait: { input: { name: "color", value: { name: ["green"] }, confidence: 0.5, source: "user" } },
    answer_onboarding: { input: { step: "name", answer: "Ada" } },
    export_account: {},
    revoke_all_sessions: { include_current: false },
    delete_account: {},
  };
}

function callsOfConnections(on: Premises): Record<string, Record<string, unknown>> {
  const organization = { organization_id: on.organizationId };
  const key = { provider_key_id: on.keyId };
  const integration = { integration_id: on.integrationId };
  const endpoint = { webhook_endpoint_id: on.webhookEndpointId };
  const limits = { requestsPerMinute: 600, tokensPerDay: 1_000_000, models: ["gpt-4o*", "o3"] };
  const [apiKey, secret] = ["sk-0123456789abcdef", "a-secret-of-a-sender"];
  return {
    provider_keys: organization,
    provider_key_choices: organization,
    insert_provider_key: { ...organization, provider: "openai", api_key: apiKey, label: "a" },
    update_provider_key: { ...key, changes: { label: "mine", active: false, limits } },
    check_provider_key_rotation: { ...key, api_key: apiKey },
    rotate_provider_key: { ...key, api_key: apiKey },
    quarantine_provider_key: { ...key, reason: "it was seen" },
    release_provider_key: { provider_key_id: on.quarantinedKeyId, reason: "it was not" },
    delete_provider_key: key,
    usage_limits: { organization_ids: [on.organizationId] },
    set_usage_limits: { ...organization, limits },
    integrations: organization,
    insert_integration: {
      ...organization,
      service: "slack",
      access_token: "xoxb-of-a-stage",
      refresh_token: "xoxe-of-a-stage",
      account: "somebody",
      scopes: ["chat:write"],
      expires_at: "2126-01-01T00:00:00Z",
    },
    begin_integration_flow: { ...organization, service: "github", scopes: ["repo"] },
    begin_integration_use: { ...integration, method: "GET" },
    begin_integration_deletion: integration,
    delete_integration: integration,
    webhook_endpoints: organization,
    webhook_endpoint_by_id: { id: on.webhookEndpointId },
    add_webhook_endpoint: { ...organization, name: "another", secret, style: "GITHUB" },
    rotate_webhook_secret: { ...endpoint, secret, overlap_seconds: 60 },
    delete_webhook_endpoint: endpoint,
    webhook_events: { webhook_endpoint_ids: [on.webhookEndpointId], first: 10, after: 100, as_text: true },
  };
}

/** A reveal with its second call, by which alone the value comes where the first answered that it is on record. */
export async function revealDirectly(access: DirectAccess, claims: Claims, cell: Record<string, unknown>) {
  type Event = { readonly id: string; readonly sequence: number };
  type Answer = Record<string, unknown> & { readonly outcome: string; readonly auditEvent: Event };
  const first = (await access.call(claims, "reveal_cell", cell)) as Answer;
  if (first.outcome !== "recorded") return first;
  return (await access.call(claims, "reveal_cell", { ...cell, recorded_event_id: first.auditEvent.id })) as Answer;
}

/** All that stands in the database of an organization and its people, as text, to see whether anything changed. */
export const everythingOf = (organizationId: string): string => {
  const ofConnections = [
    "integrations",
    "integration_uses",
    "integration_flows",
    "webhook_endpoints",
    "webhook_events",
  ];
  const ofKeys = ["provider_keys", "provider_key_uses", "provider_key_tokens", "usage_limits"];
  const ofCloakroom = ["members", "tables", "columns", "rows", "audit_events", "audit_heads"];
  const tables = [...ofCloakroom, ...ofKeys, ...ofConnections];
  const lists = tables.map(
    (name) => `(select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) from cloakroom.${name} t
      where t.organization_id = '${organizationId}')`,
  );
  const ofPeople = ["sessions", "user_traits", "onboarding_sessions", "trait_profiles", "account_exports"].map(
    (
      name,
    ) => `(select jsonb_agg(to_jsonb(t) - '{last_used_at}'::text[] order by to_jsonb(t)::text) from cloakroom.${name} t
      join cloakroom.members m on m.user_id = t.user_id where m.organization_id = '${organizationId}')`,
  );
  return `select jsonb_build_array(${[...lists, ...ofPeople].join(", ")},
    (select to_jsonb(o) from cloakroom.organizations o where o.id = '${organizationId}'),
    (select jsonb_agg(to_jsonb(u) order by u.id) from cloakroom.users u
      join cloakroom.members m on m.user_id = u.id where m.organization_id = '${organizationId}'),
    (select jsonb_agg(to_jsonb(p) order by p.id) from cloakroom.participants p where p.handle_hash in (
      select u.phone_hash from cloakroom.users u
      join cloakroom.members m on m.user_id = u.id where m.organization_id = '${organizationId}')),
    (select jsonb_agg(s.id order by s.id) from vault.secrets s))::text as everything`;
};

/** Two organizations, `own` and `foreign`, whose canaries are named after them, and access as PostgREST has it. */
export async function openDirectStage() {
  const test = await createTestDatabase();
  const own = await makePremises(test.database, "own-canary");
  const foreign = await makePremises(test.database, "foreign-canary");
  const access = await openDirectAccess(test);
  const close = async () => {
    await access.end();
    await test.drop();
  };
  return { test, own, foreign, access, close };
}
export type DirectStage = Awaited<ReturnType<typeof openDirectStage>>;

export const claimsOf = ({ owner }: Premises) => owner.caller.claims as Record<string, unknown>;
