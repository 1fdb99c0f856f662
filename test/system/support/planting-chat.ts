import { beginStream, openaiChunk, sendEvent, sendJson, startModelUpstream } from "../../support/model-upstream.js";
import type { RecordingClient } from "./client.js";
import type { Plant } from "./planting.js";

/** A key in use with a provider that says it back wherever it can, and what was asked and answered. */
export async function plantChat(url: string, client: RecordingClient, organizationId: string, plant: Plant) {
  const upstream = await startModelUpstream();
  upstream.behave("echo", ({ key, body }, response) => {
    if (!body.stream)
      return sendJson(response, { id: key, choices: [{ message: { content: `${answer} ${key}` } }] }, 200, { key });
    beginStream(response, { key });
    for (const letter of `${answer} ${key}`) sendEvent(response, openaiChunk(key, { content: letter }));
    sendEvent(response, { ...openaiChunk(key, {}, "stop"), key });
    return response.end();
  });
  upstream.behave("fails", ({ key }, response) =>
    sendJson(response, { error: { message: key, code: key } }, 401, { key }),
  );
  const [question, answer] = [plant("question"), plant("answer", undefined, { answeredBy: ["chat"] })];
  await client.run("mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }", {
    input: { organizationId, provider: "house", apiKey: plant("key in use"), baseUrl: upstream.url },
  });
  for (const model of ["echo", "fails"]) {
    await client.attempt("mutation($input: ChatInput!) { chat(input: $input) { id model content } }", {
      input: { organizationId, provider: "house", model, messages: [{ role: "USER", content: question }] },
    });
    const messages = [{ role: "user", content: question }];
    for (const stream of [true, false]) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: {
          ...client.headers,
          "content-type": "application/json",
          "x-organization-id": organizationId,
        },
        body: JSON.stringify({ model: `house/${model}`, messages, stream }),
      });
      const headers = JSON.stringify([...response.headers]);
      client.answers.push({ operation: "POST /v1/chat/completions", text: headers + (await response.text()) });
    }
  }
  await upstream.close();
}
