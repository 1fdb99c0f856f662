import { randomInt } from "node:crypto";
import type { Server } from "node:net";

/** Below those that systems give out by themselves, for which a port that was just closed is as good as the others. */
const [first, last] = [20_000, 32_000];

/** Listens on this machine at a port that stays free while nobody listens at it, so that the server can come back. */
export async function listenLastingly(server: Server): Promise<number> {
  for (let tries = 0; ; tries++) {
    const port = randomInt(first, last);
    try {
      await listenAt(server, port);
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || tries === 100) throw error;
    }
  }
}

/** @throws Error where it cannot */
export function listenAt(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}
