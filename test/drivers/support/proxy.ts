import { connect, createServer, type Server, type Socket } from "node:net";

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
  const listen = (port: number) =>
    new Promise<Server>((resolve, reject) => {
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
      server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server));
    });
  let server = await listen(0);
  const { port } = server.address() as { port: number };
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    port,
    cut,
    async mend() {
      server = await listen(port);
    },
    close: cut,
  };
}
