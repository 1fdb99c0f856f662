import type { FastifyReply } from "fastify";
import type { ForwardedAnswer } from "../services/outside/oauth-forwarded-answer.js";
import { writePatiently } from "./patient-write.js";

const noPiece = { done: false, value: new Uint8Array() };

/**
 * Passes on what a service answers, each piece as it comes. The head waits for the first, so that a service that fails
 * before it is an error with a status of ours and with none of its headers; that of an event stream goes ahead, since its
 * first event may be a long time coming. Whatever fails later cuts the connection: nobody takes a part for the whole.
 */
export async function sendAnswer(
  reply: FastifyReply,
  { status, headers, body }: ForwardedAnswer,
  patienceMilliseconds: number,
): Promise<FastifyReply> {
  if (!body) return reply.code(status).headers(headers).send();
  const first = headers["content-type"]?.startsWith("text/event-stream") ? noPiece : await body.next();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(status, { ...reply.getHeaders(), ...headers } as Record<string, string>);
  try {
    // Together with bytes, be they none, Node sends the bytes of headers as they came; flushHeaders would make UTF-8 of them.
    if (!first.done) await writePatiently(raw, first.value, patienceMilliseconds);
    for await (const piece of body) await writePatiently(raw, piece, patienceMilliseconds);
    raw.end();
  } catch {
    raw.destroy();
  } finally {
    await body.return(undefined);
  }
  return reply;
}
