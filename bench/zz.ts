import { startServer } from "../test/system/support/server-process.js";
import { startBenchServer } from "./support/cloakroom.js";
import { post } from "./support/load.js";
import { readStreamed } from "./support/streams.js";

const upstream = await startServer({
  command: ["node", "--import", "tsx", "bench/chat-proxy/upstream.ts"],
  cwd: process.cwd(),
});
const c = await startBenchServer();
const auth = { authorization: `Bearer ${c.accessToken}` };
const added = JSON.parse(
  await post(
    `${c.server.url}/graphql`,
    { "content-type": "application/json", ...auth },
    JSON.stringify({
      query: "mutation($input: AddProviderKeyInput!) { addProviderKey(input: $input) { id } }",
      variables: {
        input: {
          organizationId: c.organizationId,
          provider: "bench",
          apiKey: "sk-bench-0123456789abcdefghijklmnopqrstuvwxyz",
          baseUrl: upstream.url,
        },
      },
    }),
  ),
);
const id = added.data.addProviderKey.id;
const messages = [{ role: "user", content: "Say ten words." }];
const org = { "x-organization-id": c.organizationId };
const u = `${c.server.url}/v1`;
const body = { model: "none", messages };
const ok = (p: Promise<any>) => p.catch(() => undefined);
const sides: Record<string, () => Promise<any>> = {
  direct: () => readStreamed(upstream.url, auth, body),
  noorg: () => ok(readStreamed(u, auth, body)),
  choices: () => ok(readStreamed(u, { ...auth, "x-organization-id": "00000000-0000-4000-8000-000000000000" }, body)),
  take404: () =>
    ok(readStreamed(u, { ...auth, ...org, "x-provider-key-id": "00000000-0000-4000-8000-000000000000" }, body)),
  full: () => readStreamed(u, { ...auth, ...org }, body),
  fullid: () => readStreamed(u, { ...auth, ...org, "x-provider-key-id": id }, body),
};
for (const mode of ["on", "off"]) {
  c.cluster.psql(`alter role cloakroom_server set synchronous_commit = ${mode}`);
  c.cluster.psql("select pg_terminate_backend(pid) from pg_stat_activity where usename = $$cloakroom_server$$");
  await new Promise((r) => setTimeout(r, 500));
  console.log(mode);
  const t: Record<string, number[]> = {};
  for (let i = -30; i < 300; i++)
    for (const [k, f] of Object.entries(sides)) {
      const s = performance.now();
      const r = await f();
      if (i >= 0) (t[k] ??= []).push(r?.firstMilliseconds ?? performance.now() - s);
    }
  for (const [k, v] of Object.entries(t)) {
    v.sort((a, b) => a - b);
    console.log(
      k.padEnd(8),
      "min",
      v[0]!.toFixed(2),
      "p10",
      v[30]!.toFixed(2),
      "med",
      v[150]!.toFixed(2),
      "p90",
      v[270]!.toFixed(2),
    );
  }
}
upstream.interrupt("SIGKILL");
await c.stop();
process.exit(0);
