import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { supabaseTypesOf, supabaseTypesPath } from "../../scripts/gen-supabase-types.js";
import { createApplication } from "../../src/application.js";
import { completeSecrets, readSettings } from "../../src/config.js";
import { startSupabaseDatabase } from "../../src/database/supabase-start.js";
import { createSupabaseProject, type SupabaseProject } from "../support/hosted-cli.js";
import {
  createHostedDatabase,
  type HostedCluster,
  type HostedDatabase,
  migrateHosted,
  startHostedCluster,
} from "../support/hosted-database.js";
import { relaySecret } from "../support/server.js";
import { startSupabasePeer } from "../support/supabase-peer.js";

/** One after the other on one project: a folder of migrations, pushed from empty, and what there is to say about it. */
describe("the Supabase CLI", { timeout: 120_000 }, () => {
  let cluster: HostedCluster;
  let hosted: HostedDatabase;
  let project: SupabaseProject;
  beforeAll(async () => {
    cluster = await startHostedCluster();
    hosted = await createHostedDatabase(cluster, { isMigrated: false });
    project = await createSupabaseProject();
    const program = fileURLToPath(new URL("../../scripts/db-bundle.ts", import.meta.url));
    await promisify(execFile)(process.execPath, ["--import", "tsx", program, "--push", project.migrations]);
  });
  afterAll(async () => {
    await project.remove();
    await hosted.drop();
    await cluster.close();
  });

  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await project.run(hosted.adminUrl, ...args);
    expect.soft(code, stderr).toBe(0);
    return stdout;
  };

  it("pushes what npm run db:bundle wrote to an empty project, and finds nothing to push again", async () => {
    expect(await run("db", "push", "--yes")).toContain("Finished");
    expect(await run("db", "push", "--yes")).toContain("up to date");
    expect(await migrateHosted(hosted.adminUrl, hosted.rootKey)).toEqual([]);
  });

  it("pushes it as the login role of a linked project too", async () => {
    const other = await createHostedDatabase(cluster, { isMigrated: false });
    try {
      const pushed = await project.run(other.cliLoginUrl, "db", "push", "--yes");
      expect(pushed.stdout, pushed.stderr).toContain("Finished");
      expect(await migrateHosted(other.adminUrl, other.rootKey)).toEqual([]);
    } finally {
      await other.drop();
    }
  });

  it("lists the migration as applied here and there", async () => {
    const [file = ""] = await readdir(project.migrations);
    const version = file.slice(0, 14);
    expect(await run("migration", "list")).toMatch(new RegExp(`${version}.*\\|.*${version}.*\\|`));
  });

  it("has no warning from its advisors, which see one where there is one", async () => {
    const exposed = "alter database %I set pgrst.db_schemas = 'public, cloakroom_api'".replace("%I", hosted.name);
    await hosted.admin.query(exposed);
    expect(await advice()).toEqual([]);
    await hosted.admin.query("create function public.unsafe() returns int language sql as 'select 1'");
    expect((await advice()).join()).toContain("unsafe");
    await hosted.admin.query("drop function public.unsafe()");
  });

  it("generates the types that are committed: npm run gen:supabase changes nothing", async () => {
    const committed = await readFile(new URL(`../../${supabaseTypesPath}`, import.meta.url), "utf8");
    expect(await supabaseTypesOf(hosted.adminUrl)).toBe(committed);
  });

  it("leaves a project on which a server starts, with the project's keys alone, and signs people in", async () => {
    const peer = await startSupabasePeer(hosted.authenticatorUrl);
    const codes: string[] = [];
    const settings = { SUPABASE_JWT_SECRET: peer.jwtSecret, DATABASE_SALT: "s".repeat(40), PORT: "0" };
    const relay = { RELAY_WEBHOOK_SECRET: relaySecret };
    const config = completeSecrets(
      readSettings({
        ...settings,
        ...relay,
        SUPABASE_URL: peer.url,
        SUPABASE_SERVICE_KEY: peer.secretKey,
        SUPABASE_ANON_KEY: peer.publishableKey,
      }),
    );
    const log = () => undefined;
    const keys = { url: peer.url, serviceKey: peer.secretKey, anonKey: peer.publishableKey };
    const database = await startSupabaseDatabase({ ...keys, log });
    const sms = { send: async ({ code }: { code: string }) => void codes.push(code) };
    const application = await createApplication({
      config,
      database,
      sms,
      progressFile: null,
      log: pino({ enabled: false }),
    });
    try {
      const { url } = await application.listen();
      const ask = async (query: string, token?: string) => {
        const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
        const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
        return (await response.json()) as { data: Record<string, unknown> };
      };
      const phone = "+14155550188";
      await ask(`mutation { startVerification(input: { phone: "${phone}" }) { phone } }`);
      const confirm = `mutation { confirmVerification(input: { phone: "${phone}", code: "${codes[0]}" }) { accessToken } }`;
      const { data } = await ask(confirm);
      const { accessToken } = data.confirmVerification as { accessToken: string };
      expect(await ask("{ me { phone } }", accessToken)).toEqual({ data: { me: { phone: "+1••••••••88" } } });
    } finally {
      await application.close();
      await database.close();
      await peer.close();
    }
  });

  async function advice(): Promise<string[]> {
    const { stdout, stderr } = await project.run(hosted.adminUrl, "db", "advisors", "--type", "all", "--level", "warn");
    const start = stdout.indexOf("[");
    if (start < 0) {
      expect(`${stdout}${stderr}`).toMatch(/no issues/i);
      return [];
    }
    return (JSON.parse(stdout.slice(start)) as { detail: string }[]).map(({ detail }) => detail);
  }
});
