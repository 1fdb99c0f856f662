import type { ApolloClient, OperationVariables, TypedDocumentNode } from "@apollo/client";
import type { Tickets } from "./client.js";
import * as documents from "./documents.generated.js";

/** Runs a mutation, whose variables may hold secrets, past the cache. @throws where the server refuses */
async function send<Data, Variables extends OperationVariables>(
  client: ApolloClient,
  mutation: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data } = await client.mutate<Data, OperationVariables>({ mutation, variables, fetchPolicy: "no-cache" });
  if (!data) throw new Error("The server answered without data.");
  return data as Data;
}

async function ask<Data, Variables extends OperationVariables>(
  client: ApolloClient,
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data } = await client.query<Data, OperationVariables>({ query, variables });
  if (!data) throw new Error("The server answered without data.");
  return data as Data;
}

/** Has a code sent to the phone. @returns the phone as the server shows it, masked */
export async function requestCode(client: ApolloClient, phone: string) {
  const { startVerification } = await send(client, documents.StartVerificationDocument, { input: { phone } });
  return startVerification;
}

/** Exchanges the code for tickets, kept in `tickets`. @returns the id of the user's first organization */
export async function signIn(client: ApolloClient, tickets: Tickets, phone: string, code: string) {
  const { confirmVerification } = await send(client, documents.ConfirmVerificationDocument, { input: { phone, code } });
  const [organization] = confirmVerification.user.organizations;
  if (!confirmVerification.accessToken || !confirmVerification.refreshToken || !organization)
    throw new Error("The server answered without tokens.");
  tickets.accessToken = confirmVerification.accessToken;
  tickets.refreshToken = confirmVerification.refreshToken;
  return organization.id;
}

/** Exchanges the refresh token for new tickets; the old one has served. */
export async function renew(client: ApolloClient, tickets: Tickets) {
  const input = { refreshToken: tickets.refreshToken };
  const { refreshSession } = await send(client, documents.RefreshSessionDocument, { input });
  tickets.accessToken = refreshSession.accessToken ?? undefined;
  tickets.refreshToken = refreshSession.refreshToken ?? undefined;
}

/** Ends the session; its tokens stop working at once. */
export async function signOut(client: ApolloClient, tickets: Tickets) {
  await send(client, documents.RevokeSessionDocument, {});
  tickets.accessToken = undefined;
  tickets.refreshToken = undefined;
  await client.clearStore();
}

/** Hands a provider's API key in. @returns all keys of the organization, masked */
export async function keepProviderKey(
  client: ApolloClient,
  organizationId: string,
  key: { provider: string; label: string; apiKey: string },
) {
  await send(client, documents.AddProviderKeyDocument, { input: { organizationId, ...key } });
  const { providerKeys } = await ask(client, documents.ProviderKeysDocument, { organizationId });
  return providerKeys;
}

/** Makes a table of two columns, the second one sensitive. */
export async function createPatients(client: ApolloClient, organizationId: string, name: string) {
  const { createTable } = await send(client, documents.CreateTableDocument, {
    input: {
      organizationId,
      name,
      columns: [
        { name: "Name", type: "TEXT", required: true },
        { name: "Insurance number", type: "TEXT", sensitive: true, mask: "LAST4" },
      ],
    },
  });
  const [nameColumn, numberColumn] = createTable.columns;
  if (!nameColumn || !numberColumn) throw new Error("The server answered without the columns.");
  return { tableId: createTable.id, nameColumn, numberColumn };
}

/** @returns the rows as `addRows` answers them: sensitive values masked already */
export async function addRows(client: ApolloClient, tableId: string, rows: Record<string, unknown>[]) {
  const data = await send(client, documents.AddRowsDocument, { input: { tableId, rows } });
  return data.addRows;
}

/** Reads a table page by page, masked. */
export async function readRows(client: ApolloClient, id: string, first = 50) {
  const rows = [];
  let after: string | null | undefined;
  do {
    const { table } = await ask(client, documents.TableRowsDocument, { id, first, after });
    rows.push(...table.rows.nodes);
    after = table.rows.pageInfo.hasNextPage ? table.rows.pageInfo.endCursor : null;
  } while (after);
  return rows;
}

/** Decrypts one cell, on record. */
export async function reveal(client: ApolloClient, rowId: string, columnId: string, reason: string) {
  const { revealCell } = await send(client, documents.RevealCellDocument, { input: { rowId, columnId, reason } });
  return revealCell;
}

/** Reads the audit log, newest first, and has its hash chain recomputed. */
export async function readAuditLog(client: ApolloClient, organizationId: string) {
  const { auditEvents } = await ask(client, documents.AuditEventsDocument, { organizationId });
  const { verifyAuditLog } = await send(client, documents.VerifyAuditLogDocument, { organizationId });
  return { events: auditEvents.nodes, verification: verifyAuditLog };
}

/** Stores credentials under a key that only the thread session gives; the first call opens one, kept in `tickets`. */
export async function connect(client: ApolloClient, tickets: Tickets, credentials: { name: string; value: string }[]) {
  const { connect } = await send(client, documents.ConnectDocument, { input: { credentials } });
  tickets.threadSession = connect.threadSession ?? tickets.threadSession;
  return connect.account;
}

export async function saveThread(
  client: ApolloClient,
  input: { threadUrl?: string; currentDay?: number; progress?: Record<string, unknown> },
) {
  const data = await send(client, documents.SaveThreadDocument, { input });
  return data.saveThread;
}

export async function connectedAccount(client: ApolloClient) {
  const data = await ask(client, documents.ConnectedAccountDocument, {});
  return data.connectedAccount;
}

/** Deletes the credentials, and the progress too when told to forget the thread. */
export async function disconnect(client: ApolloClient, forgetThread: boolean) {
  const data = await send(client, documents.DisconnectDocument, { input: { forgetThread } });
  return data.disconnect;
}
