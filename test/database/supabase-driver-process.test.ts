import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHostedDatabase, type HostedDatabase } from "../support/hosted-database.js";
import { makePackageCopy } from "../support/package-copy.js";
import { type SupabasePeer, startSupabasePeer } from "../support/supabase-peer.js";

const secret = "of-thirty-two-characters-or-more-0123456789";

describe("the server over a Supabase project", () => {
  let hosted: HostedDatabase;
  let peer: SupabasePeer;
  let directory: string;
  let copy: ReturnType<typeof makePackageCopy>;
  const children = new Set<ChildProcess>();
  beforeAll(async () => {
    copy = makePackageCopy();
    directory = mkdtempSync(path.join(tmpdir(), "project-"));
    hosted = await createHostedDatabase();
    peer = await startSupabasePeer(hosted.authenticatorUrl);
  }, 60_000);
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await peer?.close();
    await hosted?.drop();
    rmSync(directory, { recursive: true, force: true });
    copy?.remove();
  });

  function start(settings: Record<string, string>) {
    const env = {
      PATH: process.env.PATH,
      PORT: "0",
      DATA_DIR: path.join(directory, "data"),
      SUPABASE_URL: peer.url,
      SUPABASE_JWT_SECRET: peer.jwtSecret,
      DATABASE_SALT: secret,
      RELAY_WEBHOOK_SECRET: secret,
      ...settings,
    };
    const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], { cwd: copy.path, env });
    children.add(child);
    const said = { out: "", err: "" };
    child.stdout.on("data", (chunk) => {
      said.out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      said.err += chunk;
    });
    return { child, said, ended: once(child, "close").then(([code]) => code as number) };
  }

  async function addressOf({ child, said }: ReturnType<typeof start>): Promise<string> {
    const isThere = () => /"msg":"listening","url":"([^"]+)"/.exec(said.out)?.[1];
    while (!isThere()) {
      if (child.exitCode !== null) throw new Error(`The server ended: ${said.err}`);
      await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), once(child, "close")]);
    }
    return isThere() ?? "";
  }

  const ask = async (url: string, query: string, variables: object, token?: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as { data: never; errors?: unknown };
  };

  it("signs a person in and answers with the person's own token; no database of its own starts, no key is printed", async () => {
    const keys = { SUPABASE_SECRET_KEY: peer.secretKey, SUPABASE_KEY: peer.publishableKey };
    const process = start({ ...keys, DATABASE_MIGRATION_URL: hosted.adminUrl });
    const url = await addressOf(process);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    const phone = "+14155550123";
    const begin = "mutation ($phone: String!) { startVerification(input: { phone: $phone }) { phone } }";
    await ask(url, begin, { phone });
    const code = /"code":"(\d{6})"/.exec(process.said.out)?.[1];
    const confirm =
      "mutation ($input: ConfirmVerificationInput!) { confirmVerification(input: $input) { accessToken } }";
    const { data } = await ask(url, confirm, { input: { phone, code } });
    const { accessToken } = (data as { confirmVerification: { accessToken: string } }).confirmVerification;
    const me = await ask(url, "{ me { phone } organizations { name members { role } } }", {}, accessToken);
    expect(me).toEqual({
      data: { me: { phone: "+1••••••••23" }, organizations: [{ name: "Personal", members: [{ role: "OWNER" }] }] },
    });

    process.child.kill("SIGTERM");
    expect(await process.ended).toBe(0);
    expect(existsSync(path.join(directory, "data", "postgres"))).toBe(false);
    for (const key of [peer.secretKey, peer.publishableKey, peer.jwtSecret, accessToken])
      expect(process.said.out + process.said.err).not.toContain(key);
  }, 60_000);

  it("does not start with a key that the project refuses, and says which, and not the key", async () => {
    const foreign = "sb_secret_of-another-project-altogether";
    const process = start({ SUPABASE_SERVICE_KEY: foreign, SUPABASE_ANON_KEY: peer.publishableKey });
    expect(await process.ended).toBe(1);
    expect(process.said.err).toContain("Cloakroom did not start. The Supabase project refuses SUPABASE_SERVICE_KEY.\n");
    expect(process.said.out + process.said.err).not.toContain(foreign);
    expect(existsSync(path.join(directory, "data", "postgres"))).toBe(false);
  }, 60_000);
});
