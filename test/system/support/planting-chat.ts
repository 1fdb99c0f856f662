import { randomBytes } from "node:crypto";
import type { ModelUpstream } from "../../support/model-upstream.js";
import type { RecordingClient } from "./client.js";
import { anthropicBehaviours, openaiBehaviours } from "./echoing-models.js";
import { bullets, expected } from "./expected.js";
import type { Plant } from "./planting.js";

const statuses = [400, 401, 429, 500];

/** Keys in use with providers that say them back wherever they can, in both dialects, and what was asked and answered. */
export async function plantChat(
  url: string,
  client: RecordingClient,
  organizationId: string,
  upstream: ModelUpstream,
  plant: Plant,
): Promise<void> {
  const [question, answer] = [
    plant("question"),
    plant("answer", undefined, { answeredBy: ["chat.content", "POST /v1/chat/completions"] }),
  ];
  const dialects = [
    { provider: "house", baseUrl: upstream.url, apiKey: plant("key in use"), ...openaiBehaviours(answer) },
    {
      provider: "anthropic",
      baseUrl: upstream.origin,
      apiKey: plant("Anthropic key in use", `sk-ant-api03-${randomBytes(46).toString("hex").slice(0, 91)}AA`),
      ...anthropicBehaviours(answer),
    },
  ];
  for (const { provider, baseUrl, apiKey, echo, breaks, fails } of dialects) {
    await client.run("mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }", {
      input: { organizationId, provider, apiKey, baseUrl },
    });
    const model = (name: string) => `${provider}-${name}`;
    upstream.behave(model("echo"), echo);
    upstream.behave(model("breaks"), breaks);
    for (const status of statuses) upstream.behave(model(`fails-${status}`), fails(status));
    const ask = asking(url, client, organizationId, provider, question);
    const askedBefore = upstream.asked.length;
    for (const text of await ask(model("echo"))) {
      if (!text.includes(bullets)) throw new Error(`${provider}'s echo was answered without bullets: ${text}`);
      if (!text.includes(answer)) throw new Error(`${provider}'s answer did not arrive: ${text}`);
    }
    const failing = ["breaks", ...statuses.map((status) => `fails-${status}`)];
    for (const name of failing)
      for (const text of await ask(model(name)))
        if (!/error/i.test(text)) throw new Error(`${provider} failed, and the answer is ${text}`);
    const asked = upstream.asked.slice(askedBefore);
    expected(`requests to ${provider}`, asked.length, 3 * (1 + failing.length));
    expected(
      `that each had the key of ${provider}`,
      asked.every(({ key }) => key === apiKey),
      true,
    );
  }
}

/** By mutation, and over `/v1` whole and streamed. @returns the three answers, a stream's pieces put together behind it */
function asking(url: string, client: RecordingClient, organizationId: string, provider: string, question: string) {
  const overHttp = async (model: string, stream: boolean) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { ...client.headers, "content-type": "application/json", "x-organization-id": organizationId },
      body: JSON.stringify({
        model: `${provider}/${model}`,
        messages: [{ role: "user", content: question }],
        stream,
        max_tokens: 1000,
      }),
    });
    const text = await client.record("POST /v1/chat/completions", response);
    const together = [...text.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, piece]) => piece).join("");
    return client.record("POST /v1/chat/completions", new Response(`${together} ${text}`));
  };
  return async (model: string) => {
    const asked = await client.attempt("mutation($input: ChatInput!) { chat(input: $input) { id model content } }", {
      input: { organizationId, provider, model, messages: [{ role: "USER", content: question }], maxTokens: 1000 },
    });
    return [JSON.stringify(asked), await overHttp(model, false), await overHttp(model, true)];
  };
}
