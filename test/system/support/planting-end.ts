import type { RecordingClient } from "./client.js";
import { expected } from "./expected.js";

interface Page {
  readonly auditEvents: {
    readonly nodes: readonly { readonly action: string; readonly details: { readonly change?: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

/** What must be in a log in which something of every kind happened. */
const actions = [
  "CELL_REVEALED",
  "INTEGRATION_ADDED",
  "INTEGRATION_DELETED",
  "INTEGRATION_REFRESHED",
  "INTEGRATION_USED",
  "MEMBER_REMOVED",
  "PROVIDER_KEY_DELETED",
  "PROVIDER_KEY_QUARANTINED",
  "PROVIDER_KEY_ROTATED",
  "PROVIDER_KEY_USED",
  "TABLE_DELETED",
  "WEBHOOK_ENDPOINT_DELETED",
  "WEBHOOK_ENDPOINT_ROTATED",
];

/** Once all is planted: what the audit log and the metrics say of it. Then the person signs out. */
export async function readAll(url: string, client: RecordingClient, organizationId: string): Promise<void> {
  const seen = new Set<string>();
  const query = `query($id: ID!, $after: String) {
    auditEvents(organizationId: $id, first: 500, after: $after) {
      nodes { action actorName targetId reason details ipAddress hash previousHash } pageInfo { hasNextPage endCursor }
    }
  }`;
  for (let after: string | null = null, isMore = true; isMore; ) {
    const { auditEvents }: Page = await client.run<Page>(query, { id: organizationId, after });
    for (const { action, details } of auditEvents.nodes) seen.add(details.change ?? action);
    [after, isMore] = [auditEvents.pageInfo.endCursor, auditEvents.pageInfo.hasNextPage];
  }
  expected(
    "actions that are in no audit event",
    actions.filter((action) => !seen.has(action)),
    [],
  );
  const { verifyAuditLog } = await client.run<{ verifyAuditLog: { valid: boolean } }>(
    "mutation($id: ID!) { verifyAuditLog(organizationId: $id) { valid } }",
    { id: organizationId },
  );
  expected("the audit log", verifyAuditLog.valid, true);
  const metrics = await client.record("GET /metrics", await fetch(`${url}/metrics`));
  for (const counted of [
    /^cloakroom_failures_total\{kind="webhook_signature"\} [1-9]/m,
    /route="\/hooks\/:endpointId"/,
  ])
    if (!counted.test(metrics)) throw new Error(`There is no ${counted} in the metrics:\n${metrics}`);
  await client.run("mutation { revokeAllSessions }");
  await client.run("mutation { revokeSession }");
}
