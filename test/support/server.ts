import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { GraphQLFormattedError } from "graphql";
import { pino } from "pino";
import { createApplication } from "../../src/application.js";
import { type Config, completeSecrets, readSettings } from "../../src/config.js";
import type { Database } from "../../src/database/port.js";
import type { HttpServer } from "../../src/server.js";
import { createProgressFile } from "../../src/services/outside/progress-file.js";
import type { SmsSender } from "../../src/services/outside/sms.js";
import { createSmsSender } from "../../src/services/outside/sms-sender.js";
import { createTestDatabase, type TestDatabase } from "./database.js";
import { newPhone } from "./phones.js";

export interface GraphqlAnswer<Data = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came, for canary searches. */
  readonly text: string;
  readonly data: Data;
  readonly errors: readonly GraphQLFormattedError[];
  /** `extensions.code` of the first error, or null. */
  readonly code: string | null;
}

export interface Person {
  readonly token: string;
  readonly refreshToken: string;
  readonly userId: string;
  readonly sessionId: string;
  /** Their "Personal" organization. */
  readonly organizationId: string;
  readonly phone: string;
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

export { newPhone };

/** A real server on a free port over a database of its own. `settings` are environment variables. */
export async function startTestServer(
  settings: Record<string, string> = {},
  { reach }: { readonly reach?: (test: TestDatabase) => Promise<Database> } = {},
) {
  const testDatabase = await createTestDatabase();
  const output: string[] = [];
  const codes = new Map<string, string>();
  const config = completeSecrets(
    readSettings({
      PORT: "0",
      VAULT_ROOT_KEY: testDatabase.rootKey,
      SUPABASE_JWT_SECRET: "test-jwt-secret-of-forty-characters-0123",
      DATABASE_SALT: "test-database-salt-of-forty-characters-01",
      RELAY_WEBHOOK_SECRET: relaySecret,
      REQUESTS_PER_MINUTE: "0",
      OTP_PER_IP_PER_HOUR: "10000",
      LOG_LEVEL: "debug",
      ...settings,
    }),
  );
  const inMemory: SmsSender = {
    async send({ to, code }) {
      codes.set(to, code);
    },
  };
  const sms = config.smsProvider === "console" ? inMemory : createSmsSender(config);
  const log = pino({ level: "debug" }, { write: (line: string) => void output.push(line) });
  const dataDirectory = await mkdtemp(path.join(tmpdir(), "cloakroom-test-data-"));
  const database = reach ? await reach(testDatabase) : testDatabase.database;
  const parts = { config, database, sms, progressFile: createProgressFile(dataDirectory), log };
  const application = await createApplication(parts);
  const { url } = await application.listen();
  const graphql = graphqlAt(url);
  const replicas: HttpServer[] = [];

  /** Another server over the same database, with the same settings unless told, as after a restart or behind a balancer. */
  async function startReplica(dataFiles: Record<string, string> = {}, changed: Partial<Config> = {}) {
    const directory = await mkdtemp(path.join(dataDirectory, "replica-"));
    for (const [name, text] of Object.entries(dataFiles)) await writeFile(path.join(directory, name), text);
    const replica = await createApplication({
      ...parts,
      config: { ...config, ...changed },
      progressFile: createProgressFile(directory),
    });
    replicas.push(replica);
    const { url } = await replica.listen();
    return { url, graphql: graphqlAt(url), dataFiles: () => readdir(directory) };
  }

  /** Signs a phone in by its code, as a person would. */
  async function signIn(phone = newPhone(), input: Record<string, unknown> = {}): Promise<Person> {
    const started = await graphql(
      "mutation($input: StartVerificationInput!) { startVerification(input: $input) { phone } }",
      {
        input: { phone },
      },
    );
    if (started.code) throw new Error(`startVerification: ${started.text}`);
    const { data, text } = await graphql<{ confirmVerification: SignIn }>(
      `mutation($input: ConfirmVerificationInput!) {
        confirmVerification(input: $input) {
          accessToken refreshToken session { id } user { id organizations { id } }
        }
      }`,
      { input: { phone, code: codes.get(phone), ...input } },
    );
    if (!data?.confirmVerification) throw new Error(`confirmVerification: ${text}`);
    const { accessToken, refreshToken, session, user } = data.confirmVerification;
    return {
      token: accessToken,
      refreshToken,
      sessionId: session.id,
      userId: user.id,
      // An invitation is bound at the first read and is the older one.
      organizationId: user.organizations.at(-1)?.id ?? "",
      phone,
    };
  }

  /** A second person who is a member of `owner`'s organization in the given role. */
  async function signInMember(owner: Person, role: "VIEWER" | "MEMBER" | "ADMIN" | "OWNER"): Promise<Person> {
    const phone = newPhone();
    const added = await graphql(
      "mutation($input: AddMemberInput!) { addMember(input: $input) { id } }",
      { input: { organizationId: owner.organizationId, phone, role } },
      { token: owner.token },
    );
    if (added.code) throw new Error(`addMember: ${added.text}`);
    return signIn(phone);
  }

  return {
    url,
    config,
    graphql,
    signIn,
    signInMember,
    startReplica,
    /** The last code sent to a phone. */
    codeOf: (phone: string) => codes.get(phone) ?? "",
    database: testDatabase.database,
    testDatabase,
    /** A pool as the superuser, to look behind the boundary. */
    admin: testDatabase.admin,
    dataDirectory,
    /** Everything the server logged. */
    output: () => output.join(""),
    async close() {
      await Promise.all([application, ...replicas].map((one) => one.close()));
      if (reach) await database.close();
      await testDatabase.drop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}

/** Sends GraphQL to a server. */
const graphqlAt =
  (url: string) =>
  async <Data = Record<string, never>>(
    query: string,
    variables: Record<string, unknown> = {},
    { token, headers = {} }: { token?: string | undefined; headers?: Record<string, string> } = {},
  ): Promise<GraphqlAnswer<Data>> => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const body = JSON.parse(text) as { data?: Data; errors?: GraphQLFormattedError[] };
    const errors = body.errors ?? [];
    const code = (errors[0]?.extensions?.code as string | undefined) ?? null;
    return { status: response.status, headers: response.headers, text, data: body.data as Data, errors, code };
  };

/** The relay's secret in tests. */
export const relaySecret = `whsec_${Buffer.from("a relay secret for tests, 32 byte").toString("base64")}`;

interface SignIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly session: { readonly id: string };
  readonly user: { readonly id: string; readonly organizations: readonly { readonly id: string }[] };
}
