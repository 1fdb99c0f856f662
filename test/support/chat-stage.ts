import { randomBytes } from "node:crypto";
import { type ModelUpstream, pause, startModelUpstream } from "./model-upstream.js";
import { openaiClient } from "./openai-client.js";
import { requestsOf } from "./requests.js";
import { type Person, startTestServer } from "./server.js";

export type ChatStage = Awaited<ReturnType<typeof startChatStage>>;

export interface ProviderKeyUseRow {
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly outcome: string | null;
}

/** A server, a provider of models, and people who ask the one for what the other says. */
export async function startChatStage(settings: Record<string, string> = {}) {
  const [server, upstream] = await Promise.all([startTestServer(settings), startModelUpstream()]);
  const requests = requestsOf(server);

  async function addKey(person: Person, more: Record<string, unknown> = {}) {
    const apiKey = `sk-canary-${randomBytes(16).toString("hex")}`;
    const own = { provider: "openai", apiKey, baseUrl: upstream.url, ...more };
    const input = { organizationId: person.organizationId, ...own };
    const { data, text } = await requests.addProviderKey(input, { token: person.token });
    if (!data?.addProviderKey) throw new Error(text);
    return { apiKey: own.apiKey, id: data.addProviderKey.id };
  }

  /** Somebody with an organization of their own and a key in it. */
  async function newcomer(more: Record<string, unknown> = {}) {
    const person = await server.signIn();
    const { apiKey, id } = await addKey(person, more);
    return { person, apiKey, keyId: id, client: openaiClient(server.url, person.token, person.organizationId) };
  }

  async function usesOf(keyId: string): Promise<ProviderKeyUseRow[]> {
    const { rows } = await server.admin.query(
      "select model, input_tokens, output_tokens, outcome from cloakroom.provider_key_uses where provider_key_id = $1 order by begun_at",
      [keyId],
    );
    return rows;
  }

  /** All of a key's uses, as soon as none is under way. */
  async function settled(keyId: string): Promise<ProviderKeyUseRow[]> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const uses = await usesOf(keyId);
      if (uses.length > 0 && uses.every(({ outcome }) => outcome !== null)) return uses;
      await pause(50);
    }
    throw new Error("A use was never settled.");
  }

  const close = () => Promise.all([server.close(), upstream.close()]);
  return { server, upstream, requests, addKey, newcomer, usesOf, settled, close };
}

/** Until the provider's last call was left before its answer was whole; false where it never is. */
export async function isAbandoned({ asked }: ModelUpstream): Promise<boolean> {
  for (let attempt = 0; attempt < 500 && !asked.at(-1)?.isAbandoned(); attempt++) await pause(20);
  return asked.at(-1)?.isAbandoned() ?? false;
}

/** Until the provider was asked as often. */
export async function isAsked({ asked }: ModelUpstream, times = 1): Promise<void> {
  for (let attempt = 0; attempt < 500 && asked.length < times; attempt++) await pause(20);
}
