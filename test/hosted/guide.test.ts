import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Setting } from "../../src/config/setting.js";
import { settingsTable } from "../../src/config/settings.js";
import { signingKey } from "../../src/config/signing-key.js";
import { createHostedDatabase, type HostedDatabase } from "../support/hosted-database.js";
import { call, type DatabasePerson, setLimits, signInTo } from "../support/people.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";
import { addRows, makeTable, type TestTable } from "../support/tables.js";

const root = path.resolve(import.meta.dirname, "../..");
const guide = readFileSync(path.join(root, "docs/supabase.md"), "utf8");
const blocks = (language: string, text = guide) =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, "gm"))].map(([, block]) => block ?? "");

describe("docs/supabase.md", () => {
  it("names settings and commands that there are, and links that lead somewhere", () => {
    const settings = Object.values<Setting>(settingsTable).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    const named = guide.match(/\b(SUPABASE|DATABASE|VAULT|RELAY|MIGRATE)_[A-Z_]+\b/g) ?? [];
    expect(named.length).toBeGreaterThan(30);
    expect([...new Set(named)].filter((name) => !settings.includes(name.replace(/_FILE$/, "")))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    const commands = [...guide.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name ?? "");
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    const links = [...guide.matchAll(/\]\((?!https:|#)([^)]+)\)/g)].map(([, link]) => link ?? "");
    expect(links.filter((link) => !existsSync(path.join(root, "docs", link)))).toEqual([]);
  });

  it("quotes the server's sentences as the server says them", () => {
    const source = ["src/database", "src/config", "migrations/current/functions/private"]
      .flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => path.join(root, folder, name)))
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const quoted = guide.match(/(?<=`)(The (?!key|schema)|There |SUPABASE_\w+ )[^`]{20,}(?=`)/g) ?? [];
    expect(quoted.length).toBeGreaterThan(10);
    expect(quoted.filter((sentence) => !wordings(sentence).some((words) => source.includes(words)))).toEqual([]);
  });

  it("makes a signing key that the server takes", async () => {
    const [command = ""] = blocks("sh").filter((block) => block.includes("generateKeyPairSync"));
    const script = /node -e '([^']+)'/.exec(command)?.[1] ?? "";
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
    expect(signingKey.parse(stdout).kid).toMatch(/^[0-9a-f-]{36}$/);
  });
});

/** As it stands in the source: without what the server goes on with, or with the place where it puts a name. */
const wordings = (sentence: string) => [
  sentence.replace(/ ?…$/, ""),
  sentence.replace(/SUPABASE_(ANON|SERVICE)_KEY\.$/, "${"),
  sentence.replace(/grant authenticated to .*$/, "grant % to "),
  sentence.replace(/^SUPABASE_\w+ /, ""),
];

describe("docs/supabase.md, on a project", () => {
  let hosted: HostedDatabase;
  let project: SupabasePeer;
  let owner: DatabasePerson;
  let table: TestTable;
  beforeAll(async () => {
    hosted = await createHostedDatabase();
    project = await startSupabasePeer(hosted.authenticatorUrl);
    await setLimits(hosted.database);
    owner = await signInTo(hosted.database);
    table = await makeTable(hosted.database, owner, [{ name: "s", type: "TEXT", sensitive: true, mask: "LAST4" }]);
    await addRows(hosted.database, table, [{ s: "INS-1815-0001" }], owner.caller);
  });
  afterAll(async () => {
    await project?.close();
    await hosted?.drop();
  });
  it("asks of the database what it should find, and finds nothing that leaks", async () => {
    const [, checks = ""] = /^## How to check([\s\S]*?)^## /m.exec(guide) ?? [];
    const [functions, tables, security, values, logged, secrets] = blocks("sql", checks);
    for (const query of [functions, tables, security, values, logged])
      expect((await hosted.admin.query(query ?? "")).rows, query).toEqual([]);
    expect((await hosted.admin.query(secrets ?? "")).rows.map(({ name }) => name)).toContain("cloakroom_lookup_key");
    expect((await hosted.admin.query(blocks("sql")[0] ?? "")).rowCount).toBe(1);
  });

  it("would find what it looks for", async () => {
    const [, checks = ""] = /^## How to check([\s\S]*?)^## /m.exec(guide) ?? [];
    const client = await hosted.admin.connect();
    await client.query("begin");
    await client.query(`grant execute on function cloakroom_api.me() to anon; grant select on cloakroom.rows to anon;
      alter table cloakroom.rows no force row level security; alter table cloakroom.rows disable trigger all;
      alter role authenticated set auto_explain.log_min_duration = 0;
      update cloakroom.rows set sealed = '{"a": "plain"}', "values" = jsonb_build_object('${table.ids.s}', 'plain')`);
    for (const query of blocks("sql", checks).slice(0, 5))
      expect((await client.query(query)).rowCount, query).toBeGreaterThan(0);
    await client.query("rollback");
    client.release();
  });

  async function printed(script: string, env: Record<string, string | undefined>): Promise<string> {
    const flags = "WebSocket" in globalThis ? [] : ["--experimental-websocket"];
    const options = { cwd: root, env: { SUPABASE_URL: project.url, ...env } };
    return (await promisify(execFile)(process.execPath, [...flags, "--input-type=module", "-e", script], options))
      .stdout;
  }

  it("shows a direct caller how to read masked rows and reveal one value", async () => {
    const env = {
      SUPABASE_ANON_KEY: project.publishableKey,
      ACCESS_TOKEN: project.mint(owner.caller.claims ?? {}),
      TABLE_ID: table.id,
      COLUMN_ID: table.ids.s,
    };
    expect(await printed(blocks("js")[0] ?? "", env)).toBe("••••••••0001\nrevealed INS-1815-0001\n");
  });

  it("shows a program with the service key how to get a key and a token, on record", async () => {
    const stored = async (fn: string, args: object) =>
      (await call<{ id: string }>(hosted.database, fn, { ...args, organizationId: owner.organizationId }, owner.caller))
        .id;
    const keyId = await stored("insert_provider_key", { provider: "openai", apiKey: "canary-key" });
    const integrationId = await stored("insert_integration", { service: "slack", accessToken: "canary-token" });
    const env = {
      SUPABASE_SERVICE_KEY: project.secretKey,
      PROVIDER_KEY_ID: keyId,
      INTEGRATION_ID: integrationId,
    };
    const script = `${blocks("js")[1]}\nconsole.log(apiKey, accessToken);`;
    expect(await printed(script, env)).toBe("canary-key canary-token\n");
    const [block = ""] = blocks("sql").filter((text) => text.includes("get_decrypted_provider_key"));
    const [first = "", second = ""] = block.match(/^select .*;$/gm) ?? [];
    const asService = async (query: string) => {
      const client = new pg.Client(hosted.authenticatorUrl);
      await client.connect();
      try {
        await client.query("set role service_role");
        return (await client.query(query.replace("<id of the key>", keyId))).rows[0];
      } finally {
        await client.end();
      }
    };
    const recorded = await asService(first);
    expect(recorded).toEqual({ outcome: "recorded", recorded_event_id: expect.any(String) });
    const revealed = await asService(second.replace("<that id>", recorded.recorded_event_id));
    expect(revealed).toEqual({ outcome: "revealed", value: "canary-key" });
    const counted =
      "select count(*)::int as n from cloakroom.audit_events where target_id = any ($1) and action like '%USED'";
    expect((await hosted.admin.query(counted, [[keyId, integrationId]])).rows).toEqual([{ n: 3 }]);
  });

  it("says truly that the public key alone gets nowhere", async () => {
    const [commands = ""] = blocks("sh").filter((block) => block.includes("content-profile"));
    for (const command of commands.trim().split("\n")) {
      const filledIn = command
        .replaceAll("$SUPABASE_URL", project.url)
        .replaceAll("$SUPABASE_ANON_KEY", project.publishableKey);
      const [, url = ""] = /curl -s "([^"]+)"/.exec(filledIn) ?? [];
      const headers = [...filledIn.matchAll(/-H ["']([^:]+): ([^"']+)["']/g)].map(([, name, value]) => [name, value]);
      const [, body] = / -d '([^']+)'/.exec(filledIn) ?? [];
      const response = await fetch(url, { method: body ? "POST" : "GET", headers: Object.fromEntries(headers), body });
      expect(await response.json(), command).toMatchObject({ code: "42501" });
    }
  });
});
