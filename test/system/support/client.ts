import { newPhone } from "../../support/phones.js";
import type { Answer } from "./leaks.js";
import type { ServerProcess } from "./server-process.js";

/** A GraphQL client that remembers every answer as it came, so that a test can look for what must not be in any. */
export function createRecordingClient(url: string) {
  const answers: Answer[] = [];
  const headers: Record<string, string> = {};

  /** Without cookies, which are for the one who gets them. @returns the body */
  async function record(operation: string, response: Response): Promise<string> {
    const shown = [...response.headers].filter(([name]) => name !== "set-cookie");
    const text = await response.text();
    answers.push({ operation, headers: JSON.stringify(shown), text });
    return text;
  }

  async function post(operation: string, body: string, extraHeaders: Record<string, string> = {}): Promise<string> {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers, ...extraHeaders },
      body,
    });
    return record(operation, response);
  }

  return {
    /** Sent with every request from here on. */
    headers,
    answers,
    /** Remembers what a route answered. @returns the body */
    record,
    /** Runs an operation whose answer may hold errors. */
    async attempt(query: string, variables: Record<string, unknown> = {}, extraHeaders: Record<string, string> = {}) {
      const text = await post(query, JSON.stringify({ query, variables }), extraHeaders);
      return JSON.parse(text) as { data?: never; errors?: { message: string; extensions?: { code?: string } }[] };
    },
    /** Runs an operation. @returns its data @throws Error with the first error's message */
    async run<Data>(query: string, variables: Record<string, unknown> = {}, extraHeaders: Record<string, string> = {}) {
      const { data, errors } = await this.attempt(query, variables, extraHeaders);
      if (errors?.[0] || !data) throw new Error(`${query}: ${errors?.[0]?.message}`);
      return data as Data;
    },
    /** Sends a body as it stands, for what must be signed. */
    send: (body: string, extraHeaders: Record<string, string>) =>
      post((JSON.parse(body) as { query: string }).query, body, extraHeaders),
  };
}

export type RecordingClient = ReturnType<typeof createRecordingClient>;

export { newPhone };

/** Signs in by the code in the server's output; the client's next requests carry the token. */
export async function signIn(server: ServerProcess, client: RecordingClient, phone = newPhone()) {
  await client.run("mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }", { phone });
  const code = await server.codeFor(phone);
  const { confirmVerification } = await client.run<{
    confirmVerification: { accessToken: string; refreshToken: string; user: { organizations: [{ id: string }] } };
  }>(
    `mutation($phone: String!, $code: String!) {
      confirmVerification(input: { phone: $phone, code: $code }) { accessToken refreshToken user { organizations { id } } }
    }`,
    { phone, code },
  );
  const { accessToken, refreshToken, user } = confirmVerification;
  client.headers.authorization = `Bearer ${accessToken}`;
  return { phone, code, accessToken, refreshToken, organizationId: user.organizations[0].id };
}
