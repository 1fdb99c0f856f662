import { setImmediate } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import type { FormatError } from "../format-error.js";
import { ClientGone } from "../services/client-gone.js";
import type { ChatEvent } from "../services/outside/model-providers/chat-shapes.js";
import { openaiErrorOf } from "./openai-errors.js";
import { writePatiently } from "./patient-write.js";

export interface StreamParts {
  readonly events: AsyncGenerator<ChatEvent>;
  readonly formatError: FormatError;
  /** For a reader that takes nothing: it is hung up on, so that the call upstream ends and its use with it. */
  readonly patienceMilliseconds: number;
}

/**
 * Each piece is sent the moment it comes. The head waits for the first, so that what fails before it is an error with a
 * status; what fails later is an event, which OpenAI's clients raise. A reader who is slow slows the upstream down.
 */
export async function sendStream(reply: FastifyReply, parts: StreamParts): Promise<FastifyReply> {
  const { events, formatError, patienceMilliseconds } = parts;
  const first = await events.next();
  reply.hijack();
  const { raw } = reply;
  const headers = {
    ...reply.getHeaders(),
    "content-type": "text/event-stream; charset=utf-8",
    "x-accel-buffering": "no",
  };
  raw.writeHead(200, headers as Record<string, string>);
  const send = (event: ChatEvent) => writePatiently(raw, eventText(event), patienceMilliseconds);
  try {
    if (!first.done) await send(first.value);
    // Node holds what is written together until it turns to other things: the first piece is not to wait for the others
    // that have come with it.
    await setImmediate();
    for await (const event of events) await send(event);
    raw.end("data: [DONE]\n\n");
  } catch (error) {
    const isHeard = !(error instanceof ClientGone) && !raw.destroyed;
    if (isHeard) raw.end(`data: ${JSON.stringify(openaiErrorOf(error, formatError).body)}\n\n`);
  } finally {
    await events.return(undefined);
    raw.end();
  }
  return reply;
}

const eventText = (event: ChatEvent) => (event.kind === "chunk" ? `data: ${JSON.stringify(event.chunk)}\n\n` : ":\n\n");
