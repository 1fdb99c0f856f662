import { mkdtempSync, rmSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startScriptedService } from "./support/oauth-provider.js";
import { createRecordingClient, signIn } from "./system/support/client.js";
import { canariesIn, canariesInFiles, type Canary } from "./system/support/leaks.js";
import { plantIntegrations } from "./system/support/planting-integrations.js";
import { startServer } from "./system/support/server-process.js";
import { randomBytes } from "node:crypto";

const dir = mkdtempSync(path.join(tmpdir(), "canary-")); chmodSync(dir, 0o755);
const service = await startScriptedService();
const server = await startServer({ command: ["npx", "tsx", "src/main.ts"], cwd: process.cwd(), env: { DATA_DIR: dir + "/data", LOG_LEVEL: "debug", ...service.settings } });
const client = createRecordingClient(server.url);
const canaries: Canary[] = [];
const plant = (name: string, text = `canary-${name.replaceAll(" ", "-")}-${randomBytes(9).toString("hex")}`, more: Partial<Canary> = {}) => { canaries.push({ name, text, ...more }); return text; };
try {
  const person = await signIn(server, client);
  await plantIntegrations(server.url, client, person.organizationId, service, plant);
  await server.stop();
  console.log("planted", canaries.length);
  console.log("files", canariesInFiles(dir, canaries));
  console.log("output", canariesIn(server.output(), canaries));
  for (const { operation, text } of client.answers) {
    const found = canariesIn(text, canaries.filter(({ answeredBy }) => !answeredBy?.some((name) => operation.includes(name))));
    if (found.length) console.log("answer", operation.slice(0, 60), found);
  }
} finally { await server.stop(); await service.close(); rmSync(dir, { recursive: true, force: true }); }
