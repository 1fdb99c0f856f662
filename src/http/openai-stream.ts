import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import type { FormatError } from "../format-error.js";
import { ClientGone } from "../services/chat-meter.js";
import type { ChatEvent } from "../services/outside/model-providers/chat-shapes.js";
import { openaiErrorOf } from "./openai-errors.js";

/**
 * Each piece is sent the moment it comes. The head waits for the first, so that what fails before it is an error with a
 * status; what fails later is an event, which OpenAI's clients raise. A reader who is slow slows the upstream down.
 */
export async function sendStream(
  reply: FastifyReply,
  events: AsyncGenerator<ChatEvent>,
  formatError: FormatError,
): Promise<FastifyReply> {
  const first = await events.next();
  reply.hijack();
  const { raw } = reply;
  const headers = {
    ...reply.getHeaders(),
    "content-type": "text/event-stream; charset=utf-8",
    "x-accel-buffering": "no",
  };
  raw.writeHead(200, headers as Record<string, string>);
  try {
    if (!first.done) await send(raw, eventText(first.value));
    for await (const event of events) await send(raw, eventText(event));
    raw.end("data: [DONE]\n\n");
  } catch (error) {
    if (!(error instanceof ClientGone)) raw.end(`data: ${JSON.stringify(openaiErrorOf(error, formatError).body)}\n\n`);
  } finally {
    await events.return(undefined);
    raw.end();
  }
  return reply;
}

const eventText = (event: ChatEvent) => (event.kind === "chunk" ? `data: ${JSON.stringify(event.chunk)}\n\n` : ":\n\n");

async function send(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) throw new ClientGone();
  if (response.write(text)) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      response.off("drain", goOn).off("close", goOn);
      resolve();
    };
    response.on("drain", goOn).on("close", goOn);
  });
}
