import { newPhone, type RecordingClient } from "./client.js";
import type { Plant } from "./planting.js";
import type { ServerProcess } from "./server-process.js";

const signingIn = `mutation($phone: String!, $code: String!) {
  confirmVerification(input: { phone: $phone, code: $code, useCookies: true }) { accessToken refreshToken }
}`;

/** A browser's visit: each token that is only ever in cookies is a canary that no answer's body may hold. */
export async function plantCookies(server: ServerProcess, client: RecordingClient, plant: Plant): Promise<void> {
  const cookies = new Map<string, string>();
  const ask = async (query: string, variables = {}, headers: Record<string, string> = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie, ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await client.record(query, answer);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
      if (value) plant(`cookie ${name} ${cookies.size}`, value);
    }
    const { data, errors } = JSON.parse(text);
    if (errors) throw new Error(`${query}: ${errors[0].message}`);
    return data;
  };
  const phone = plant("phone of a browser", newPhone());
  await ask("mutation($phone: String!) { startVerification(input: { phone: $phone }) { phone } }", { phone });
  await ask(signingIn, { phone, code: await server.codeFor(phone) });
  const { csrfToken } = await ask("{ csrfToken }");
  const proof = { "x-csrf-token": plant("csrf token", csrfToken, { answeredBy: ["csrfToken"] }) };
  await ask(
    'mutation($value: String!) { connect(input: { credentials: [{ name: "api_key", value: $value }], useCookies: true }) { threadSession } }',
    { value: plant("credential of a browser") },
    proof,
  );
  await ask("mutation { refreshSession { accessToken refreshToken } }", {}, proof);
  await ask("mutation { revokeAllSessions(includeCurrent: true) }", {}, proof);
}
