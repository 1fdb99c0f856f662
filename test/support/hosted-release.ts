import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import type { Caller } from "../../src/database/port.js";

/** What stood in a database before it was brought to this version; the plaintexts are canaries. */
export interface ReleasedData {
  readonly person: Caller;
  readonly phone: string;
  readonly refreshToken: string;
  readonly organizationId: string;
  readonly tableId: string;
  readonly rowId: string;
  readonly columnId: string;
  readonly providerKeyId: string;
  readonly threadHash: string;
  readonly conversationId: string;
}

export const plaintexts = {
  cell: "canary-cell-of-0.1.0",
  apiKey: "sk-canary-provider-key-of-0.1.0",
  message: "canary-message-of-0.1.0",
  credential: "canary-credential-of-0.1.0",
};

/**
 * Release 0.1.0 as its own `npm run db:bundle` printed it, run as the migrating role, and data that its functions made:
 * a user, an organization with a sealed row and a provider key, a thread, a message, audit events.
 */
export async function installRelease010(adminUrl: string, rootKey: string): Promise<ReleasedData> {
  const text = gunzipSync(await readFile(new URL("./releases/0.1.0.sql.gz", import.meta.url))).toString("utf8");
  const client = new pg.Client(adminUrl);
  await client.connect();
  try {
    await client.query(text);
    return await makeData(callsOf(client, rootKey));
  } finally {
    await client.end();
  }
}

type Call = <Result>(fn: string, args: Record<string, unknown>, claims?: Caller["claims"]) => Promise<Result>;

/** As the server of that release called; the migrating role may do what the login role may. */
function callsOf(client: pg.Client, rootKey: string): Call {
  return async (fn, args, claims = null) => {
    const role = claims ? "authenticated" : "service_role";
    const values = [role, claims && JSON.stringify(claims), rootKey, "203.0.113.7", fn, JSON.stringify(args)];
    const { rows } = await client.query("select cloakroom_private.invoke($1, $2, $3, $4, $5, $6) as result", values);
    return rows[0].result;
  };
}

async function makeData(call: Call): Promise<ReleasedData> {
  const phone = "+14155550123";
  const { code } = await call<{ code: string }>("start_verification", { phone });
  const signIn = await call<{ refresh_token: string; session: { id: string }; profile: { id: string } }>(
    "confirm_verification",
    { phone, code, name: "Ada" },
  );
  const claims = { sub: signIn.profile.id, session_id: signIn.session.id, role: "authenticated" };
  const organization_id = (await call<{ id: string }[]>("organizations", {}, claims))[0]?.id ?? "";
  const columns = [{ name: "Secret", type: "TEXT", sensitive: true, mask: "LAST4" }];
  const table = await call<{ id: string }>("create_table", { organization_id, name: "Kept", columns }, claims);
  const [column] = await call<{ id: string }[]>("columns", { table_ids: [table.id] }, claims);
  const columnId = column?.id ?? "";
  const rows = [{ [columnId]: plaintexts.cell }];
  const [row] = await call<{ id: string }[]>("add_rows", { table_id: table.id, rows }, claims);
  await call("reveal_cell", { row_id: row?.id, column_id: columnId, reason: "before the upgrade" }, claims);
  const key = { organization_id, provider: "openai", api_key: plaintexts.apiKey };
  const { id: providerKeyId } = await call<{ id: string }>("insert_provider_key", key, claims);
  const threadHash = "a".repeat(64);
  const credentials = [{ name: "api_key", token: plaintexts.credential, salt: "salt" }];
  await call("connect", { user_identifier_hash: threadHash, credentials });
  const message = await call<{ conversation_id: string }>("ingest_message", {
    chat_guid: `iMessage;-;${phone}`,
    mode: "DIRECT",
    sender: phone,
    message_text: plaintexts.message,
    sent_at_seconds: 1_760_000_000,
    participants: [phone],
  });
  return {
    person: { role: "authenticated", claims, accessToken: null, clientAddress: "203.0.113.7" },
    phone,
    refreshToken: signIn.refresh_token,
    organizationId: organization_id,
    tableId: table.id,
    rowId: row?.id ?? "",
    columnId,
    providerKeyId,
    threadHash,
    conversationId: message.conversation_id,
  };
}
