import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Passes its body on as it comes: that may take as long as it does, and only must not stand still. */
    readonly streamsBody?: boolean;
  }
}

export interface ArrivalLimits {
  /** For a request to arrive whole. */
  readonly wholeMilliseconds: number;
  /** For the next piece, where bodies are streamed. Noticed within twice that. */
  readonly pauseMilliseconds: number;
}

/** So long a client is left to read why it was cut off. */
const lastWordsMilliseconds = 2_000;

/**
 * Ends requests whose bodies take too long to arrive: whoever sends a byte now and then must not hold a connection for
 * nothing. A body that has come and waits for somebody to take it is not late.
 */
export function limitArrival(server: FastifyInstance, limits: ArrivalLimits, refuse: (socket: Socket) => void): void {
  server.addHook("onRequest", async ({ raw, routeOptions }, { raw: answer }) => {
    if (!hasBody(raw)) return;
    const { socket } = raw;
    const isStreamed = routeOptions.config?.streamsBody === true;
    let seen = socket.bytesRead;
    const end = () => clearInterval(watch);
    const watch = setInterval(
      () => {
        const isMoving = raw.readableLength > 0 || socket.bytesRead > seen;
        seen = socket.bytesRead;
        const isAnswered = answer.writableFinished;
        if (isStreamed && isMoving && !raw.complete && !isAnswered) return;
        end();
        if (raw.complete) return;
        if (isAnswered) return void socket.destroy();
        refuse(socket);
        setTimeout(() => socket.destroy(), lastWordsMilliseconds).unref();
      },
      isStreamed ? limits.pauseMilliseconds : limits.wholeMilliseconds,
    ).unref();
    raw.once("end", end).once("close", end);
  });
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
