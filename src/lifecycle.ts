import { errorTrace } from "./error-trace.js";

/** Something that was opened and has to be closed again. */
export type Close = () => Promise<void>;

export interface LifecycleParts {
  /** Opens everything, and hands each thing's `Close` over as soon as it is open. */
  readonly start: (own: (close: Close) => void) => Promise<void>;
  readonly log: { error(fields: object): void; info(fields: object): void };
}

/** One Ctrl-C in `npm start` arrives twice: from the terminal, and from npm, which passes it on. */
const echoMilliseconds = 1_000;
/** A second, meant one ends the process at once; only what is still open gets this long first. */
const impatientMilliseconds = 3_000;

class Interrupted extends Error {}

/**
 * A process from start to end: SIGINT and SIGTERM, also while it starts, close what was opened in reverse order and
 * exit with 0; a second signal does not wait for requests. A start that fails is one sentence on standard error and
 * exit code 1, after closing what was open; so is a bug that nobody caught, except that it is logged without its
 * message.
 */
export function runProcess({ start, log }: LifecycleParts): void {
  const opened: Close[] = [];
  let endedAt: number | null = null;
  let starting = Promise.resolve();
  const own = (close: Close) => {
    opened.push(close);
    if (endedAt !== null) throw new Interrupted();
  };
  const end = async (code: number) => {
    endedAt ??= Date.now();
    await starting;
    for (let close = opened.pop(); close; close = opened.pop())
      await close().catch((error: unknown) => log.error({ msg: "closing failed", ...errorTrace(error) }));
    process.exit(code);
  };
  const interrupt = (signal: NodeJS.Signals) => {
    if (endedAt === null) {
      log.info({ msg: "stopping", signal });
      void end(0);
    } else if (Date.now() - endedAt > echoMilliseconds) void endNow(opened);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  process.on("uncaughtException", (error) => {
    log.error({ msg: "uncaught error", ...errorTrace(error) });
    void end(1);
  });
  starting = start(own).catch((error: unknown) => {
    if (error instanceof Interrupted) return;
    process.stderr.write(`Cloakroom did not start. ${sentenceOf(error)}\n`);
    if (endedAt === null) setImmediate(end, 1);
  });
}

/** Everything at once: what is still open includes what must not outlive the process. */
async function endNow(opened: Close[]): Promise<void> {
  setTimeout(() => process.exit(130), impatientMilliseconds);
  await Promise.allSettled(opened.map((close) => close()));
  process.exit(130);
}

function sentenceOf(error: unknown): string {
  const { code, message, port } = error as { code?: string; message?: string; port?: number };
  if (code === "EADDRINUSE") return `Port ${port} is in use: stop what listens there, or set PORT.`;
  if (code === "EACCES") return `Port ${port} may not be listened on: set PORT.`;
  if (code === "EADDRNOTAVAIL") return "HOST is no address of this machine.";
  return message || "The reason is unknown.";
}
