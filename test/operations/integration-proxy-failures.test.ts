import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IntegrationRequests, integrationRequests } from "../support/integration-requests.js";
import { listening } from "../support/oauth-provider.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";

const head = (status: string, ...headers: string[]) => `HTTP/1.1 ${status}\r\n${headers.join("\r\n")}\r\n\r\n`;

describe("/integrations/:id/proxy/* of a service that fails in its answer", () => {
  let say: (socket: Socket) => void = () => undefined;
  let service: ReturnType<typeof createServer>;
  let server: TestServer;
  let requests: IntegrationRequests;
  let owner: Person;
  let id: string;
  beforeAll(async () => {
    service = createServer((socket) => socket.on("error", () => undefined).once("data", () => say(socket)));
    const url = await listening(service);
    const raw = { authorizationUrl: `${url}/a`, tokenUrl: `${url}/t`, apiBaseUrl: `${url}/api` };
    server = await startTestServer({ OAUTH_SERVICES: JSON.stringify({ raw }) });
    requests = integrationRequests(server);
    owner = await server.signIn();
    const given = { organizationId: owner.organizationId, service: "raw", accessToken: "canary-token-of-the-service" };
    id = (await requests.addIntegration(given, owner)).data.addIntegration.id;
  });
  afterAll(async () => {
    await server?.close();
    await new Promise((resolve) => service.close(resolve));
  });

  const told = ["content-disposition: attachment; filename=x", 'etag: "1"', "location: /api/elsewhere"];
  const cut = (text: string) => (socket: Socket) => {
    socket.write(text);
    setTimeout(() => socket.destroy(), 50);
  };
  test.each<[string, (socket: Socket) => void]>([
    ["a status that is none", (socket) => socket.end(`${head("999 Denied", "content-length: 2", ...told)}no`)],
    ["another such", (socket) => socket.end(`${head("600 X", "content-length: 2", ...told)}no`)],
    ["a head alone, of a body that was promised", cut(head("200 OK", "content-length: 100", ...told))],
    ["chunks that are none", (socket) => socket.end(`${head("200 OK", "transfer-encoding: chunked", ...told)}zz\r\n`)],
    [
      "gzip that is none",
      (socket) => socket.end(`${head("200 OK", "content-encoding: gzip", "content-length: 6", ...told)}notzip`),
    ],
    ["no HTTP", (socket) => socket.end("canary\r\n\r\n")],
    ["a control character in a header", (socket) => socket.end(head("204 No", 'etag: "a\x01b"'))],
  ])("is UPSTREAM_ERROR, with none of its headers, where it gives %s", async (_, given) => {
    say = given;
    const before = server.output().length;
    const answer = await requests.proxy(id, "x", owner);
    const { errors } = (await answer.json()) as { errors: { extensions: object }[] };
    expect([answer.status, errors[0]?.extensions]).toEqual([502, { code: "UPSTREAM_ERROR" }]);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect([...answer.headers.keys()].filter((name) => /etag|location|disposition/.test(name))).toEqual([]);
    expect(server.output().slice(before)).not.toMatch(/"level":[45]0|canary/);
  });

  test.each(["text/plain", "text/event-stream"])("gives headers on byte for byte, beside %s", async (type) => {
    const disposition = 'content-disposition: attachment; filename="日.txt"';
    say = (socket) => socket.end(`${head("200 OK", `content-type: ${type}`, "content-length: 2", disposition)}ok`);
    const answer = await requests.proxy(id, "x", owner);
    const bytes = Buffer.from(answer.headers.get("content-disposition") ?? "", "latin1");
    expect([bytes.toString(), await answer.text()]).toEqual(['attachment; filename="日.txt"', "ok"]);
  });

  test("is cut off where the service breaks off after the first piece: nobody takes a part for the whole", async () => {
    say = cut(`${head("200 OK", "content-length: 100", 'etag: "1"')}part`);
    const before = server.output().length;
    const answer = await requests.proxy(id, "x", owner);
    expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"1"']);
    await expect(answer.text()).rejects.toThrow();
    expect(server.output().slice(before)).not.toMatch(/"level":[45]0/);
  });

  test("shows the head of an event stream before there is an event, and is cut off where the service breaks off then", async () => {
    let silent: Socket | undefined;
    say = (socket) => {
      silent = socket;
      socket.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked", 'etag: "1"'));
    };
    const answer = await requests.proxy(id, "x", owner, { signal: AbortSignal.timeout(2_000) });
    expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"1"']);
    silent?.destroy();
    await expect(answer.text()).rejects.toThrow(/terminated/);
  });

  test("has no body where there is none: 204, 304, and an empty 200", async () => {
    for (const status of [204, 304, 200]) {
      say = (socket) => socket.end(head(`${status} X`, ...(status === 200 ? ["content-length: 0"] : []), 'etag: "1"'));
      const answer = await requests.proxy(id, "x", owner);
      expect([answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([status, '"1"', ""]);
    }
  });
});
