import { readFileSync } from "node:fs";
import { thinkingMilliseconds } from "../../test/support/model-behaviours.js";
import { readStreamed } from "../../test/support/timed-stream.js";
import { startServer } from "../../test/system/support/server-process.js";
import { startBenchServer } from "../support/cloakroom.js";
import { median, post } from "../support/load.js";
import { keepResults } from "../support/results.js";

const rounds = 200;
const streams = 200;
const streamSeconds = 60;

/** What does the proxy add to the first token of a stream, and what do 200 streams at once weigh? */
export async function benchChatProxy(): Promise<void> {
  const upstream = await startServer({
    command: ["node", "--import", "tsx", "test/support/model-upstream-process.ts"],
    cwd: process.cwd(),
  });
  const cloakroom = await startBenchServer();
  const { server, accessToken, organizationId } = cloakroom;
  const apiKey = "sk-bench-0123456789abcdefghijklmnopqrstuvwxyz";
  const authorization = { authorization: `Bearer ${accessToken}` };
  await post(
    `${server.url}/graphql`,
    { "content-type": "application/json", ...authorization },
    JSON.stringify({
      query: "mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }",
      variables: { input: { organizationId, provider: "bench", apiKey, baseUrl: upstream.url } },
    }),
  );
  const messages = [{ role: "user", content: "Say ten words." }];
  const direct = (body: object) => readStreamed(upstream.url, { authorization: `Bearer ${apiKey}` }, body);
  const proxied = (body: object) =>
    readStreamed(`${server.url}/v1`, { ...authorization, "x-organization-id": organizationId }, body);

  const added: number[] = [];
  const firsts = { direct: [] as number[], proxied: [] as number[] };
  for (let round = -20; round < rounds; round++) {
    const body = { model: "thinking", messages };
    const one = (await direct(body)).firstMilliseconds;
    const other = (await proxied(body)).firstMilliseconds;
    if (round < 0) continue;
    firsts.direct.push(one);
    firsts.proxied.push(other);
    added.push(other - one);
  }

  const body = { model: "ticking", messages, max_tokens: streamSeconds * 20 };
  const open = Array.from({ length: streams }, () => proxied(body));
  const all = Promise.all(open);
  const weights: number[] = [];
  const timer = setInterval(() => weights.push(residentMegabytes(server.pid)), 1000);
  await all;
  clearInterval(timer);
  const [early, late] = [weights.slice(10, 20), weights.slice(-10)].map(median) as [number, number];
  keepResults(
    import.meta.dirname,
    cloakroom,
    `# A stream through the chat proxy

The first token of a stream, from a provider that takes ${thinkingMilliseconds} ms for it: asked directly and through Cloakroom in
turns, ${rounds} times each; client, server, provider and Postgres in processes of their own. Each proxied call is checked,
counted, and on record in the audit log before the key is used.

| | ms to the first token (median) |
| --- | --- |
| direct | ${median(firsts.direct).toFixed(1)} |
| through Cloakroom | ${median(firsts.proxied).toFixed(1)} |

**Added: ${median(added).toFixed(1)} ms** (median of the rounds' differences; aim: 5 or less).

${streams} streams at once, a word every 50 ms each, for ${streamSeconds} s: the server holds ${early.toFixed(0)} MB after ten to twenty
seconds and ${late.toFixed(0)} MB in the last ten, **${(late / early).toFixed(2)} of it** (aim: 1.10 or less).`,
  );
  upstream.interrupt("SIGKILL");
  await cloakroom.stop();
}

const residentMegabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
