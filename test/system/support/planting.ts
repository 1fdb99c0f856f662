import { randomBytes } from "node:crypto";
import { signedHeaders } from "../../../examples/relay-typescript/relay.js";
import { startModelUpstream } from "../../support/model-upstream.js";
import type { ScriptedService } from "../../support/oauth-provider.js";
import { newPhone, type RecordingClient, signIn } from "./client.js";
import type { Canary } from "./leaks.js";
import { plantBadInput } from "./planting-bad-input.js";
import { plantChat } from "./planting-chat.js";
import { plantCookies } from "./planting-cookies.js";
import { readAll } from "./planting-end.js";
import { plantIntegrations } from "./planting-integrations.js";
import { plantProviderKeys } from "./planting-keys.js";
import { plantTables } from "./planting-tables.js";
import { plantWebhooks } from "./planting-webhooks.js";
import type { ServerProcess } from "./server-process.js";

type Ids = { readonly id: string };

/** A value that a search must find, or it searched for nothing. */
export interface Planted {
  readonly canaries: Canary[];
  readonly plain: string;
}

/** Hands a recognisable value in through every mutation that takes one, and sends bad ones to the same doors. */
export async function plantCanaries(
  server: ServerProcess,
  client: RecordingClient,
  relaySecret: string,
  service: ScriptedService,
) {
  const canaries: Canary[] = [];
  const plant = (
    name: string,
    text = `canary-${name.replaceAll(" ", "-")}-${randomBytes(9).toString("hex")}`,
    more: Partial<Canary> = {},
  ) => {
    canaries.push({ name, text, ...more });
    return text;
  };
  const { organizationId, phone } = await plantIdentity(server, client, plant);
  await plantOrganizations(client, organizationId, plant);
  const plain = await plantTables(client, organizationId, plant);
  const upstream = await startModelUpstream();
  await plantProviderKeys(client, organizationId, upstream, plant);
  await plantChat(server.url, client, organizationId, upstream, plant);
  await upstream.close();
  await plantWebhooks(server.url, client, organizationId, plant);
  await plantIntegrations(server.url, client, organizationId, service, plant);
  await plantThread(client, plant);
  await plantRelay(client, relaySecret, phone, plant);
  await plantProfile(client, plant);
  await plantBadInput(client, organizationId, plant);
  await plantDeletedAccount(server, client, plant);
  await plantCookies(server, client, plant);
  await readAll(server.url, client, organizationId);
  return { canaries, plain } satisfies Planted;
}

export type Plant = (name: string, text?: string, more?: Partial<Canary>) => string;

async function plantIdentity(server: ServerProcess, client: RecordingClient, plant: Plant) {
  const phone = plant("phone", newPhone(), { answeredBy: ["exportAccount"] });
  await client.attempt(
    "mutation($phone: String!, $code: String!) { confirmVerification(input: { phone: $phone, code: $code }) { expiresAt } }",
    { phone, code: plant("wrong code") },
  );
  const person = await signIn(server, client, phone);
  plant("code", person.code, { isShort: true });
  // Signed within one second, a token is the same to the letter.
  plant("access token", person.accessToken, {
    answeredBy: ["confirmVerification.accessToken", "refreshSession.accessToken"],
  });
  plant("refresh token", person.refreshToken, { answeredBy: ["confirmVerification.refreshToken"] });
  const { refreshSession } = await client.run<{ refreshSession: { accessToken: string; refreshToken: string } }>(
    "mutation($token: String) { refreshSession(input: { refreshToken: $token }) { accessToken refreshToken } }",
    { token: person.refreshToken },
  );
  plant("rotated refresh token", refreshSession.refreshToken, { answeredBy: ["refreshSession.refreshToken"] });
  await client.attempt("mutation($token: String) { refreshSession(input: { refreshToken: $token }) { expiresAt } }", {
    token: plant("unknown refresh token"),
  });
  await client.run("{ me { phone } sessions { id ipAddress userAgent } session { id } }");
  return person;
}

async function plantOrganizations(client: RecordingClient, organizationId: string, plant: Plant): Promise<void> {
  const { addMember } = await client.run<{ addMember: Ids }>(
    "mutation($id: ID!, $phone: String!) { addMember(input: { organizationId: $id, phone: $phone }) { id phone } }",
    { id: organizationId, phone: plant("member phone", newPhone()) },
  );
  await client.run("mutation($id: ID!) { updateMember(input: { id: $id, role: ADMIN }) { id phone role } }", addMember);
  await client.run("query($id: ID!) { organization(id: $id) { members { phone } } }", { id: organizationId });
  await client.run("mutation($id: ID!) { removeMember(id: $id) }", addMember);
}

async function plantThread(client: RecordingClient, plant: Plant): Promise<void> {
  const connect = (value: string) =>
    client.run<{ connect: { threadSession: string | null } }>(
      `mutation($value: String!) {
        connect(input: { credentials: [{ name: "api_key", value: $value }] }) { threadSession account { credentials { value } } }
      }`,
      { value },
    );
  const { threadSession } = (await connect(plant("credential"))).connect;
  client.headers["x-thread-session"] = plant("thread session", threadSession ?? "", {
    answeredBy: ["connect.threadSession"],
  });
  await connect(plant("replaced credential"));
  await client.run("mutation($input: SaveThreadInput!) { saveThread(input: $input) { currentDay } }", {
    input: {
      threadUrl: plant("thread url", `https://example.com/thread/${randomBytes(9).toString("hex")}`),
      currentDay: 3,
      progress: { [plant("progress key")]: plant("progress value") },
    },
  });
  await client.run("{ connectedAccount { credentials { value } thread { currentDay } } }");
  await client.run("mutation { disconnect { disconnected } }");
  await connect(plant("credential that stays"));
}

async function plantRelay(client: RecordingClient, relaySecret: string, phone: string, plant: Plant): Promise<void> {
  const [sender, other] = [plant("sender", newPhone()), plant("participant", newPhone())];
  const input = {
    messageId: plant("relay message id"),
    chatGuid: plant("chat"),
    mode: "GROUP",
    sender,
    text: plant("message text", undefined, {
      answeredBy: ["conversations.nodes.messages.nodes.text", "exportAccount"],
    }),
    timestamp: Math.floor(Date.now() / 1000),
    participants: [
      sender,
      other,
      phone,
      plant("participant address", `canary.${randomBytes(9).toString("hex")}@example.org`),
    ],
  };
  const query = "mutation($input: IngestMessageInput!) { ingestMessage(input: $input) { messageId duplicate } }";
  const body = JSON.stringify({ query, variables: { input } });
  const answer = await client.send(body, signedHeaders(relaySecret, body, plant("webhook id")));
  if (!answer.includes('"duplicate":false')) throw new Error(`ingestMessage: ${answer}`);
  const forged = JSON.stringify({ query, variables: { input: { ...input, text: plant("forged text") } } });
  await client.send(forged, signedHeaders("a secret that is not the relay's own", forged, plant("forged webhook id")));
  const read = await client.attempt(
    "{ conversations { nodes { chatGuid participants messages { nodes { sender text } } } } }",
  );
  if (!JSON.stringify(read).includes(input.text))
    throw new Error("The message is not among the person's conversations.");
}

/** What one says of oneself, and what one gets to see of it: all of it, in these answers alone. */
async function plantProfile(client: RecordingClient, plant: Plant): Promise<void> {
  const answeredBy = [
    "setTrait.value",
    "answerOnboarding.answers",
    "me.traits",
    "me.traitProfile",
    "me.onboarding",
    "exportAccount",
  ];
  await client.run('mutation { updateProfile(input: { name: "Plain" }) { name } }');
  const set = (value: unknown) =>
    client.run('mutation($value: JSON!) { setTrait(input: { name: "told", value: $value }) { value } }', { value });
  await set(plant("replaced trait", undefined, { answeredBy }));
  await set({ [plant("trait key", undefined, { answeredBy })]: [plant("trait value", undefined, { answeredBy })] });
  await client.run(
    'mutation($answer: JSON!) { answerOnboarding(input: { step: "name", answer: $answer }) { step answers } }',
    { answer: plant("onboarding answer", undefined, { answeredBy }) },
  );
  await client.run("{ me { traits { value } traitProfile { summary traits } onboarding { answers } } }");
  await client.run("mutation { exportAccount }");
}

async function plantDeletedAccount(server: ServerProcess, client: RecordingClient, plant: Plant): Promise<void> {
  const remaining = { ...client.headers };
  const person = await signIn(server, client, plant("phone of a deleted account", newPhone()));
  for (const kind of ["accessToken", "refreshToken"] as const)
    plant(`${kind} of a deleted account`, person[kind], { answeredBy: [`confirmVerification.${kind}`] });
  await client.run('mutation($value: JSON!) { setTrait(input: { name: "told", value: $value }) { name } }', {
    value: plant("trait of a deleted account"),
  });
  await client.run("mutation { deleteAccount }");
  Object.assign(client.headers, remaining);
}
