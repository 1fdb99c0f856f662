/**
 * The main job with Apollo Client 4: sign in, hand secrets in, see them masked, reveal one on record, disconnect.
 *
 *     npx tsx examples/apollo-client/main.ts http://127.0.0.1:4000 +15551234567
 *
 * asks for the code that the server sends (with SMS_PROVIDER=console it stands in the server's output).
 */
import { randomUUID } from "node:crypto";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import { createCloakroomClient, type Tickets } from "./client.js";
import * as job from "./main-job.js";

const [url, phone] = process.argv.slice(2);
if (!url || !phone) throw new Error("Say where and who: <url> <phone>");

const tickets: Tickets = {};
const client = createCloakroomClient(url, tickets);
const show = (title: string, value: unknown) => console.log(`${title}: ${JSON.stringify(value)}`);

const challenge = await job.requestCode(client, phone);
const terminal = createInterface({ input: process.stdin, output: process.stdout });
const code = await terminal.question(`The code that was sent to ${challenge.phone}: `);
terminal.close();
const organizationId = await job.signIn(client, tickets, phone, code.trim());
show("Signed in; organization", organizationId);

const key = { provider: "openai", label: "Example", apiKey: `sk-example-${randomUUID()}` };
show("Provider keys", await job.keepProviderKey(client, organizationId, key));

const patients = await job.createPatients(client, organizationId, `Patients ${randomUUID().slice(0, 8)}`);
const { tableId, nameColumn, numberColumn } = patients;
await job.addRows(client, tableId, [
  { [nameColumn.id]: "Ada", [numberColumn.id]: "A 123 456 789 0" },
  { [nameColumn.id]: "Grace", [numberColumn.id]: "G 987 654 321 0" },
]);
const rows = await job.readRows(client, tableId);
for (const row of rows) show("Row", Object.fromEntries(row.cells.map(({ column, value }) => [column.name, value])));

const [firstRow] = rows;
if (!firstRow) throw new Error("The table is empty.");
const revealed = await job.reveal(client, firstRow.id, numberColumn.id, "Showing how it is done");
show("Revealed", revealed.value);

const { events, verification } = await job.readAuditLog(client, organizationId);
for (const { sequence, action, actorName, reason } of events) show(`Event ${sequence}`, { action, actorName, reason });
show("Audit log", verification);

show("Connected", await job.connect(client, tickets, [{ name: "api_key", value: `thread-${randomUUID()}` }]));
show("Saved", await job.saveThread(client, { currentDay: 1, progress: { step: "welcome" } }));
show("Account", await job.connectedAccount(client));
show("Disconnected", await job.disconnect(client, true));
await job.signOut(client, tickets);
show("Signed out", true);
client.stop();
