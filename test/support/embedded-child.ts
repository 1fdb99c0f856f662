import { startEmbedded } from "../../src/database/embedded.js";

/**
 * A server process that holds an embedded Postgres until SIGTERM, for tests that kill one. Prints one JSON line: the
 * URL, or the sentence with which it was refused.
 */
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const keepAlive = setInterval(() => undefined, 1000);
try {
  const postgres = await startEmbedded({ dataDirectory: process.env.DIRECTORY ?? "", log: () => undefined });
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void postgres.stop().then(() => process.exit(0)));
  print({ adminUrl: postgres.adminUrl });
} catch (error) {
  print({ refused: (error as Error).message });
  clearInterval(keepAlive);
}
