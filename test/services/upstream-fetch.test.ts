import type { LookupAddress } from "node:dns";
import { createServer } from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isPublicAddress } from "../../src/services/outside/public-address.js";
import { AddressRefused, createUpstreamFetch } from "../../src/services/outside/upstream-fetch.js";

describe("an address of the public internet", () => {
  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.1",
    "168.63.129.17",
    "2606:4700:4700::1111",
  ])("is %s", (address) => expect(isPublicAddress(address)).toBe(true));
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "example.com",
    "",
  ])("is not %s", (address) => expect(isPublicAddress(address)).toBe(false));
});

describe("fetch for addresses that somebody else chose", () => {
  let port = 0;
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (request.url === "/away") response.writeHead(302, { location: "http://169.254.169.254/latest" });
    response.end("inside");
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "localhost",
    "１２７.0.0.1",
  ])("does not reach this machine as %s", async (host) => {
    const guarded = createUpstreamFetch({ allowPrivate: false });
    const before = asked;
    const fault = await guarded(`http://${host}:${port}/`).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(AddressRefused);
    expect(asked).toBe(before);
    await guarded.close();
  });

  it.each(["file:///etc/passwd", "ftp://example.com/", "data:text/plain,x"])("takes no %s", async (url) => {
    const guarded = createUpstreamFetch({ allowPrivate: true });
    await expect(guarded(url)).rejects.toBeInstanceOf(AddressRefused);
    await guarded.close();
  });

  it("connects to no name with one private address among its own", async () => {
    const mixed = createUpstreamFetch({
      allowPrivate: false,
      resolve: (_, done) =>
        done(null, [
          { address: "93.184.216.34", family: 4 },
          { address: "127.0.0.1", family: 4 },
        ]),
    });
    await expect(mixed(`http://mixed.test:${port}/`)).rejects.toBeInstanceOf(AddressRefused);
    await mixed.close();
  });

  it("connects to the very address that it has checked, of a name that leads elsewhere when it is asked again", async () => {
    const answers = ["93.184.216.34", "127.0.0.1"];
    let lookups = 0;
    const before = asked;
    const dialled: string[] = [];
    // As Node does it: asks for addresses and dials what it is told. But no packet leaves this machine.
    const connect = vi.spyOn(net, "connect").mockImplementation(((options: net.TcpNetConnectOpts) => {
      const socket = new net.Socket();
      options.lookup?.(options.host ?? "", { all: true }, (_, addresses) => {
        for (const { address } of addresses as LookupAddress[]) dialled.push(address);
        setImmediate(() => socket.destroy(new Error("Nobody is there.")));
      });
      return socket;
    }) as typeof net.connect);
    const rebinding = createUpstreamFetch({
      allowPrivate: false,
      resolve: (_, done) => done(null, [{ address: answers[lookups++] ?? "127.0.0.1", family: 4 }]),
    });
    await expect(rebinding(`http://rebinding.test:${port}/`)).rejects.toThrow();
    connect.mockRestore();
    expect({ lookups, dialled, asked: asked - before }).toEqual({ lookups: 1, dialled: ["93.184.216.34"], asked: 0 });
    await rebinding.close();
  });

  it("follows no redirect", async () => {
    const open = createUpstreamFetch({ allowPrivate: true });
    const before = asked;
    const response = await open(`http://127.0.0.1:${port}/away`);
    expect([response.status, asked - before]).toEqual([302, 1]);
    await response.text();
    await open.close();
  });

  it.each(["127.1", "0x7f000001", "[::ffff:7f00:1]", "localhost"])(
    "does not reach this machine as %s by a plainer request either, and follows no redirect",
    async (host) => {
      const [guarded, open] = [false, true].map((allowPrivate) => createUpstreamFetch({ allowPrivate }));
      const before = asked;
      await expect(guarded?.request(`http://${host}:${port}/`, { method: "GET" })).rejects.toBeInstanceOf(
        AddressRefused,
      );
      expect(asked).toBe(before);
      const response = await open?.request(`http://127.0.0.1:${port}/away`, { method: "GET" });
      expect([response?.statusCode, asked - before]).toEqual([302, 1]);
      await response?.body.dump();
      await Promise.all([guarded?.close(), open?.close()]);
    },
  );

  it.each([22, 25, 389])("makes no request to port %i, where HTTP is not spoken", async (closed) => {
    const lookups: string[] = [];
    const guarded = createUpstreamFetch({
      allowPrivate: false,
      resolve: (hostname, done) => {
        lookups.push(hostname);
        done(new Error("not reached"), []);
      },
    });
    for (const ask of [guarded, guarded.request])
      await expect(ask(`http://example.com:${closed}/`, { method: "GET" })).rejects.toBeInstanceOf(AddressRefused);
    expect(lookups).toEqual([]);
    await guarded.close();
  });
});
