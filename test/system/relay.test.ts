import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { ingestBody, post, signedHeaders } from "../support/relay-requests.js";
import { openDirectory } from "./support/checkout.js";
import { embeddedCluster } from "./support/cluster.js";
import { startServer } from "./support/server-process.js";

const directory = openDirectory();
const dataDirectory = path.join(directory, "data");
const secret = `whsec_${Buffer.from("a relay secret for system tests").toString("base64")}`;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = () =>
  startServer({
    command: ["node", "dist/main.js"],
    cwd: inject("checkout"),
    env: { DATA_DIR: dataDirectory, RELAY_WEBHOOK_SECRET: secret },
  });

describe("a message that the relay hands in again", () => {
  it("fifty times at once, with a kill -9 among them and once more after it, is stored once and answered alike", async () => {
    const body = ingestBody({ text: "handed in again and again" });
    const send = (url: string) => post(url, body, signedHeaders(body, { id: "again", secret }));
    const first = await start();
    const [one] = await Promise.all(Array.from({ length: 50 }, () => send(first.url)));
    expect(one?.data.ingestMessage.duplicate).toBe(false);
    const cutOff = Promise.allSettled(Array.from({ length: 50 }, () => send(first.url)));
    process.kill(first.pid, "SIGKILL");
    for (const outcome of await cutOff) if (outcome.status === "fulfilled") expect(outcome.value.text).toBe(one?.text);

    const second = await start();
    expect((await send(second.url)).text).toBe(one?.text);
    expect(embeddedCluster(dataDirectory).psql("select count(*) from cloakroom.messages").trim()).toBe("1");
    const other = ingestBody({ text: "another" });
    expect((await post(second.url, other, signedHeaders(other, { id: "again", secret }))).code).toBe("CONFLICT");
    await second.stop();
  });

  it("by fifty whose first process is killed before any was answered, is stored once", async () => {
    const body = ingestBody({ text: "cut off" });
    const send = (url: string) => post(url, body, signedHeaders(body, { id: "cut off", secret }));
    const first = await start();
    const cutOff = Promise.allSettled(Array.from({ length: 50 }, () => send(first.url)));
    await new Promise((resolve) => setTimeout(resolve, 30));
    process.kill(first.pid, "SIGKILL");
    await cutOff;
    const second = await start();
    const texts = (await Promise.all(Array.from({ length: 50 }, () => send(second.url)))).map(({ text }) => text);
    expect(new Set(texts).size).toBe(1);
    expect(embeddedCluster(dataDirectory).psql("select count(*) from cloakroom.messages").trim()).toBe("2");
    await second.stop();
  });
});
