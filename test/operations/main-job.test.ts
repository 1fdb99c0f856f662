import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { CombinedGraphQLErrors } from "@apollo/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCloakroomClient, type Tickets } from "../../examples/apollo-client/client.js";
import {
  ConversationsDocument,
  MeDocument,
  SessionDocument,
} from "../../examples/apollo-client/documents.generated.js";
import * as job from "../../examples/apollo-client/main-job.js";
import { ingest } from "../../examples/relay-typescript/relay.js";
import { newPhone, relaySecret, startTestServer, type TestServer } from "../support/server.js";

const canary = (name: string) => `canary-${name}-${randomUUID()}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const codeOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error) => (CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.code : error),
  );

describe("the main job, with Apollo Client 4 and the generated documents", () => {
  const tickets: Tickets = {};
  const phone = newPhone();
  const apiKey = canary("api-key");
  const insuranceNumber = canary("insurance-number");
  const credential = canary("credential");
  let client: ReturnType<typeof createCloakroomClient>;
  let organizationId: string;
  let table: Awaited<ReturnType<typeof job.createPatients>>;
  let rowId: string;

  beforeAll(() => {
    client = createCloakroomClient(server.url, tickets);
  });

  it("signs a person in by phone, who owns an organization from then on", async () => {
    expect((await client.query({ query: SessionDocument })).data?.session).toBeNull();
    const challenge = await job.requestCode(client, phone);
    expect(challenge.phone).toBe(`+1••••••••${phone.slice(-2)}`);
    organizationId = await job.signIn(client, tickets, phone, server.codeOf(phone));
    const { data } = await client.query({ query: MeDocument });
    expect(data?.me.phone).toBe(challenge.phone);
    expect(data?.me.organizations).toMatchObject([{ id: organizationId, name: "Personal", role: "OWNER" }]);
  });

  it("takes a provider key and shows its last four characters from then on", async () => {
    const keys = await job.keepProviderKey(client, organizationId, { provider: "openai", label: "Main", apiKey });
    expect(keys).toMatchObject([
      { provider: "openai", label: "Main", apiKey: `••••••••${apiKey.slice(-4)}`, active: true },
    ]);
  });

  it("keeps rows with a sensitive column, which everyone reads masked, page by page", async () => {
    table = await job.createPatients(client, organizationId, "Patients");
    expect(table.numberColumn).toMatchObject({ sensitive: true, mask: "LAST4" });
    const { tableId, nameColumn, numberColumn } = table;
    const names = ["Ada", "Grace", "Barbara"];
    const rows = names.map((name, index) => ({
      [nameColumn.id]: name,
      [numberColumn.id]: index === 0 ? insuranceNumber : canary(name),
    }));
    const added = await job.addRows(client, tableId, rows);
    expect(added[0]?.values).toEqual({
      [nameColumn.id]: "Ada",
      [numberColumn.id]: `••••••••${insuranceNumber.slice(-4)}`,
    });
    const read = await job.readRows(client, tableId, 2);
    expect(read.map(({ cells }) => cells.map(({ value, masked }) => [value, masked]))).toEqual(
      rows.map((row) => [
        [row[nameColumn.id], false],
        [`••••••••${String(row[numberColumn.id]).slice(-4)}`, true],
      ]),
    );
    rowId = read[0]?.id ?? "";
  });

  it("reveals one cell, on record", async () => {
    const { value, auditEvent } = await job.reveal(client, rowId, table.numberColumn.id, "Claim 42");
    expect(value).toBe(insuranceNumber);
    expect(auditEvent).toMatchObject({ action: "CELL_REVEALED", reason: "Claim 42" });
    const { events, verification } = await job.readAuditLog(client, organizationId);
    expect(events.map(({ action }) => action)).toEqual(["CELL_REVEALED", "TABLE_CREATED", "PROVIDER_KEY_ADDED"]);
    expect(verification).toMatchObject({ valid: true, eventsChecked: 3, firstInvalid: null });
  });

  it("keeps a thread's credentials and progress for the holder of its session, until disconnected", async () => {
    const account = await job.connect(client, tickets, [{ name: "api_key", value: credential }]);
    expect(account).toMatchObject({
      credentials: [{ name: "api_key", value: `••••••••${credential.slice(-4)}` }],
      durable: true,
    });
    expect(await job.saveThread(client, { currentDay: 2, progress: { step: "two" } })).toMatchObject({ currentDay: 2 });
    expect(await job.connectedAccount(client)).toMatchObject({ thread: { currentDay: 2, progress: { step: "two" } } });
    expect(await job.disconnect(client, true)).toMatchObject({ disconnected: true, credentialsDeleted: 1 });
    expect(await job.connectedAccount(client)).toBeNull();
  });

  it("shows a message that the relay handed in to the person who takes part, once however often it was sent", async () => {
    const message = {
      messageId: randomUUID(),
      chatGuid: `iMessage;-;${phone}`,
      mode: "DIRECT",
      sender: phone,
      text: canary("message"),
      timestamp: Math.floor(Date.now() / 1000),
      participants: [phone],
    } as const;
    const first = await ingest(server.url, relaySecret, message);
    const second = await ingest(server.url, relaySecret, message);
    expect([first.duplicate, second.duplicate]).toEqual([false, true]);
    const { data } = await client.query({ query: ConversationsDocument });
    expect(data?.conversations.nodes).toMatchObject([
      {
        id: first.conversationId,
        chatGuid: "••••••••",
        messages: { nodes: [{ text: message.text, direction: "INBOUND" }] },
      },
    ]);
  });

  it("goes on with renewed tickets, and ends at once with the session", async () => {
    const before = { ...tickets };
    await job.renew(client, tickets);
    expect(tickets.refreshToken).not.toBe(before.refreshToken);
    await job.signOut(client, { ...tickets });
    expect(await codeOf(client.query({ query: MeDocument }))).toBe("UNAUTHENTICATED");
    Object.assign(tickets, before);
    expect(await codeOf(client.query({ query: MeDocument }))).toBe("UNAUTHENTICATED");
  });

  it("left nothing secret in the client's cache, nor in the server's log", () => {
    const cache = JSON.stringify(client.cache.extract());
    for (const secret of [apiKey, insuranceNumber, credential]) {
      expect(cache).not.toContain(secret);
      expect(server.output()).not.toContain(secret);
    }
  });
});

describe("the example programs", () => {
  it("come through the main job as a person at a terminal does", async () => {
    const phone = newPhone();
    const program = spawn("npx", ["tsx", "examples/apollo-client/main.ts", server.url, phone]);
    let output = "";
    let isAnswered = false;
    for (const stream of [program.stdout, program.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        if (isAnswered || !output.includes("The code that was sent to")) return;
        isAnswered = true;
        program.stdin.write(`${server.codeOf(phone)}\n`);
      });
    expect(await new Promise((resolve) => program.once("close", resolve)), output).toBe(0);
    expect(output).toContain('Revealed: "A 123 456 789 0"');
    expect(output).toContain("Signed out: true");
  });

  it("hand a message in as a relay does", async () => {
    const args = ["tsx", "examples/relay-typescript/relay.ts", server.url, newPhone(), "Hello"];
    const env = { ...process.env, RELAY_WEBHOOK_SECRET: relaySecret };
    const output = await new Promise<string>((resolve, reject) =>
      execFile("npx", args, { env }, (error, stdout) => (error ? reject(error) : resolve(stdout))),
    );
    expect(JSON.parse(output)).toMatchObject({ duplicate: false, reply: null });
  });
});
