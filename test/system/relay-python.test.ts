import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openDirectory } from "./support/checkout.js";
import { createRecordingClient, newPhone, signIn } from "./support/client.js";
import { type ServerProcess, startServer } from "./support/server-process.js";

describe("the relay in Python, with its standard library alone", () => {
  const directory = openDirectory();
  const secrets = {
    whsec: `whsec_${Buffer.from("a relay secret for the python one").toString("base64")}`,
    text: "x".repeat(40),
  };
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startServer({
      command: ["node", "dist/main.js"],
      cwd: inject("checkout"),
      env: { DATA_DIR: path.join(directory, "data"), RELAY_WEBHOOK_SECRET: `${secrets.whsec},${secrets.text}` },
    });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const relay = (secret: string, sender: string, text: string) =>
    execFileSync("python3", ["examples/relay-python/relay.py", server.url, sender, text], {
      cwd: inject("checkout"),
      encoding: "utf8",
      env: { PATH: process.env.PATH, RELAY_WEBHOOK_SECRET: secret },
      stdio: ["ignore", "pipe", "pipe"],
    });

  it.each(Object.entries(secrets))(
    "hands a message in under a %s secret, and the person it is from reads it",
    async (_, secret) => {
      const client = createRecordingClient(server.url);
      const phone = newPhone();
      await signIn(server, client, phone);
      expect(JSON.parse(relay(secret, phone, "Grüße aus Python"))).toMatchObject({ duplicate: false });
      const data = await client.run<unknown>(
        "{ conversations { nodes { mode messages { nodes { text direction } } } } }",
      );
      expect(data).toEqual({
        conversations: {
          nodes: [{ mode: "DIRECT", messages: { nodes: [{ text: "Grüße aus Python", direction: "INBOUND" }] } }],
        },
      });
    },
  );

  it("is refused with another secret, in the server's own words", () => {
    expect(() => relay("y".repeat(40), newPhone(), "Hello")).toThrow(/The server (refused|answered)/);
  });
});
