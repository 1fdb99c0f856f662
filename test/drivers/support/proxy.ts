import { connect, createServer, type Socket } from "node:net";
import { listenAt, listenLastingly } from "../../support/lasting-port.js";

export interface Proxy {
  readonly port: number;
  /** Cuts what is connected, and refuses what would connect. */
  cut(): Promise<void>;
  /** Listens again, at the same port. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** A TCP line to a server on this machine that can be cut, as networks are. */
export async function startProxy(target: URL): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      keep(one);
      one.on("close", () => other.destroy());
    }
    near.pipe(far).pipe(near);
  });
  const port = await listenLastingly(server);
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    port,
    cut,
    mend: () => listenAt(server, port),
    close: cut,
  };
}
