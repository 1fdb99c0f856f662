import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as a provider got it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** The key it came with, in either dialect. */
  readonly key: string;
  /** Whether the connection closed before the answer was whole. */
  isAbandoned(): boolean;
}

export type Behaviour = (asked: Asked, response: ServerResponse) => unknown;
export type ModelUpstream = Awaited<ReturnType<typeof startModelUpstream>>;

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A provider of language models on a port of its own, in OpenAI's and Anthropic's real wire formats. It says what it was
 * told to repeat, and behaves as a test wants for a model of that name.
 */
export async function startModelUpstream(onConnection: () => void = () => undefined) {
  const behaviours = new Map<string, Behaviour>();
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const one = await readAsked(request, response);
    asked.push(one);
    const behaviour = behaviours.get(String(one.body.model ?? one.path)) ?? ordinary;
    await behaviour(one, response);
  });
  server.on("connection", onConnection);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    /** As OpenAI writes a base URL. */
    url: `${origin}/v1`,
    asked,
    /** What it does for a model of this name, or at this path. */
    behave: (model: string, behaviour: Behaviour) => void behaviours.set(model, behaviour),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAsked(request: IncomingMessage, response: ServerResponse): Promise<Asked> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  const { method = "", url = "", headers } = request;
  let isClosed = false;
  response.once("close", () => {
    isClosed = true;
  });
  return {
    method,
    path: url.split("?")[0] ?? "",
    headers,
    body: text ? JSON.parse(text) : {},
    key: String(headers["x-api-key"] ?? headers.authorization?.replace("Bearer ", "") ?? ""),
    isAbandoned: () => isClosed && !response.writableFinished,
  };
}

const ordinary: Behaviour = (asked, response) => {
  if (asked.path.endsWith("/models")) return sendModels(asked, response);
  if (asked.path.endsWith("/messages")) return anthropic(asked, response);
  if (asked.path.endsWith("/chat/completions")) return openai(asked, response);
  return sendJson(response, { error: { message: "no such path" } }, 404);
};

export const sendJson = (response: ServerResponse, body: unknown, status = 200, headers = {}) =>
  void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

export const modelNames = ["gpt-test", "gpt-other", "text-test"];

function sendModels({ headers }: Asked, response: ServerResponse): void {
  const anthropics = [{ type: "model", id: "claude-test", display_name: "Claude", created_at: "2026-01-02T00:00:00Z" }];
  const others = modelNames.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "tests" }));
  sendJson(response, headers["x-api-key"] ? { data: anthropics, has_more: false } : { object: "list", data: others });
}

/** The last thing that was said to it. */
export function lastText({ body }: Asked): string {
  const { content } = (body.messages as { content: unknown }[]).at(-1) ?? {};
  if (typeof content === "string") return content;
  return (content as { text?: string; content?: { text?: string }[] }[])
    .map(({ text, content: inner }) => text ?? inner?.[0]?.text ?? "")
    .join("");
}

export const words = (text: string) => text.match(/\S+\s*/g) ?? [];

/** Writes one server-sent event. */
export const sendEvent = (response: ServerResponse, data: unknown, event?: string) =>
  response.write(
    `${event ? `event: ${event}\n` : ""}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`,
  );

export const beginStream = (response: ServerResponse, headers = {}) =>
  response.writeHead(200, { "content-type": "text/event-stream", ...headers });

export const openaiChunk = (model: unknown, delta: object, finish: string | null = null) => ({
  id: "chatcmpl-test",
  object: "chat.completion.chunk",
  created: 1_700_000_000,
  model,
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});

function openai(asked: Asked, response: ServerResponse): unknown {
  const { model, stream, stream_options: options, tools } = asked.body;
  const text = lastText(asked);
  const usage = { prompt_tokens: 11, completion_tokens: words(text).length, total_tokens: 11 + words(text).length };
  const call = {
    id: "call_1",
    type: "function",
    function: { name: "weather", arguments: JSON.stringify({ city: "Vienna" }) },
  };
  if (!stream) {
    const message = tools
      ? { role: "assistant", content: null, tool_calls: [call] }
      : { role: "assistant", content: text };
    const choice = { index: 0, message, logprobs: null, finish_reason: tools ? "tool_calls" : "stop" };
    const head = { id: "chatcmpl-test", object: "chat.completion", created: 1_700_000_000, model };
    return sendJson(response, { ...head, choices: [choice], usage, system_fingerprint: "fp_test" });
  }
  beginStream(response);
  const isCounting = (options as { include_usage?: boolean } | undefined)?.include_usage === true;
  const send = (delta: object, finish: string | null = null) =>
    sendEvent(response, { ...openaiChunk(model, delta, finish), ...(isCounting && { usage: null }) });
  send({ role: "assistant", content: "" });
  if (tools) {
    send({ tool_calls: [{ index: 0, ...call, function: { ...call.function, arguments: "" } }] });
    for (const piece of ['{"city"', ':"Vienna"}']) send({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
  } else for (const word of words(text)) send({ content: word });
  send({}, tools ? "tool_calls" : "stop");
  if (isCounting) sendEvent(response, { ...openaiChunk(model, {}), choices: [], usage });
  sendEvent(response, "[DONE]");
  return response.end();
}

function anthropic(asked: Asked, response: ServerResponse): unknown {
  const { model, stream, tools } = asked.body;
  const text = lastText(asked);
  const usage = { input_tokens: 9, cache_read_input_tokens: 2, output_tokens: words(text).length };
  const stop_reason = tools ? "tool_use" : "end_turn";
  const toolUse = { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Vienna" } };
  const head = { id: "msg_test", type: "message", role: "assistant", model, stop_sequence: null };
  if (!stream) {
    const content = tools ? [{ type: "text", text: "Let me look." }, toolUse] : [{ type: "text", text }];
    return sendJson(response, { ...head, content, stop_reason, usage });
  }
  beginStream(response);
  const send = (type: string, more: object) => sendEvent(response, { type, ...more }, type);
  send("message_start", {
    message: { ...head, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  });
  send("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  send("ping", {});
  for (const word of words(tools ? "Let me look." : text))
    send("content_block_delta", { index: 0, delta: { type: "text_delta", text: word } });
  send("content_block_stop", { index: 0 });
  if (tools) {
    send("content_block_start", { index: 1, content_block: { ...toolUse, input: {} } });
    for (const partial_json of ["", '{"city": "Vie', 'nna"}'])
      send("content_block_delta", { index: 1, delta: { type: "input_json_delta", partial_json } });
    send("content_block_stop", { index: 1 });
  }
  send("message_delta", { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: usage.output_tokens } });
  send("message_stop", {});
  return response.end();
}
