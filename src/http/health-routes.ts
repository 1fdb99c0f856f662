import type { FastifyInstance } from "fastify";
import { refuseMethods } from "./front-door.js";

export interface HealthParts {
  /** Whether requests can be answered now. */
  isReady(): Promise<boolean>;
  isDraining(): boolean;
}

const patienceMilliseconds = 3_000;

/** `/healthz`: the process is up. `/readyz`: it can answer; 503 otherwise and while draining. */
export function addHealthRoutes(server: FastifyInstance, { isReady, isDraining }: HealthParts): void {
  let asking: Promise<boolean> | null = null;
  // One question at a time, however many ask: the route is open to everyone.
  const ready = () => {
    asking ??= withPatience(isReady()).finally(() => {
      asking = null;
    });
    return asking;
  };
  server.get("/healthz", async () => ({ status: "ok" }));
  server.get("/readyz", async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: "draining" });
    return (await ready()) ? { status: "ready" } : reply.code(503).send({ status: "not ready" });
  });
  for (const url of ["/healthz", "/readyz"]) refuseMethods(server, url, "GET", ["POST", "PUT", "PATCH", "DELETE"]);
}

async function withPatience(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds, false);
  });
  return Promise.race([answer.catch(() => false), tooLate]).finally(() => clearTimeout(timer));
}
