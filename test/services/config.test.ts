import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderEnvExample } from "../../scripts/gen-env.js";
import { settingsTable } from "../../src/config/settings.js";
import { completeSecrets, readSettings } from "../../src/config.js";
import { loadConfig } from "../support/load-config.js";

const canary = "canary-6f1c9b-of-thirty-two-characters-or-more";
const production = {
  NODE_ENV: "production",
  SUPABASE_JWT_SECRET: canary,
  DATABASE_SALT: canary,
  VAULT_ROOT_KEY: `${Buffer.alloc(32, 7).toString("base64url")}=`,
  RELAY_WEBHOOK_SECRET: canary,
};

const jwtKey = (role: string) =>
  `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ role })).toString("base64url")}.c2ln`;
const project = {
  SUPABASE_URL: "https://abc.supabase.co",
  SUPABASE_SERVICE_KEY: "sb_secret_canary-of-a-project",
  SUPABASE_ANON_KEY: "sb_publishable_of-a-project",
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "config-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function refusal(environment: Record<string, string>): string {
  try {
    readSettings(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("settings", () => {
  it("have the defaults of the contract", () => {
    expect(readSettings({})).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
      publicUrl: null,
      migrateOnStart: true,
      relayAuth: ["signature"],
      smsProvider: "console",
      otpTtlSeconds: 600,
      otpResendSeconds: 60,
      otpMaxAttempts: 5,
      otpPerPhonePerHour: 5,
      otpPerIpPerHour: 30,
      sessionDays: 7,
      sessionRememberDays: 90,
      revealsPerMinute: 60,
      requestsPerMinute: 600,
      corsOrigins: [],
      trustProxy: false,
      graphiql: true,
      isProduction: false,
      logLevel: "info",
      jwtIssuer: "cloakroom",
    });
  });

  it("name every missing or malformed one in a single error, and no value", () => {
    const message = refusal({
      NODE_ENV: "production",
      PORT: canary,
      DATABASE_URL: canary,
      VAULT_ROOT_KEY: canary,
      RELAY_WEBHOOK_SECRET: "whsec_short",
      RELAY_AUTH: "signature,signature",
      CORS_ORIGINS: "*",
      TRUST_PROXY: canary,
      LOG_LEVEL: canary,
    });
    const named = ["PORT", "DATABASE_URL", "VAULT_ROOT_KEY", "RELAY_WEBHOOK_SECRET", "RELAY_AUTH", "CORS_ORIGINS"];
    for (const name of [...named, "TRUST_PROXY", "LOG_LEVEL", "SUPABASE_JWT_SECRET", "DATABASE_SALT", "SMS_PROVIDER"])
      expect(message).toContain(`${name} `);
    expect(message).not.toContain("canary");
    expect(message).not.toContain("whsec_short");
  });

  it("come from the file that NAME_FILE names, without its last line break", () => {
    const file = path.join(directory, "salt");
    writeFileSync(file, `${canary}\n`);
    expect(readSettings({ DATABASE_SALT_FILE: file }).databaseSalt).toBe(canary);
    expect(refusal({ DATABASE_SALT_FILE: file, DATABASE_SALT: canary })).toMatch(/DATABASE_SALT is set twice/);
    expect(refusal({ DATABASE_SALT_FILE: path.join(directory, "none") })).toMatch(/DATABASE_SALT cannot be read/);
  });

  it("count as left out where they are set to nothing", () => {
    expect(readSettings({ PORT: "", DATABASE_URL: "" })).toMatchObject({ port: 4000, databaseUrl: null });
  });

  it("refuse a HOST outside production that is not loopback", () => {
    for (const HOST of ["0.0.0.0", "::", "192.168.0.4", "example.com", "127.0.0.1.example.com"])
      expect(refusal({ HOST }), HOST).toMatch(/HOST must be a loopback address/);
    for (const HOST of ["127.0.0.1", "127.8.8.8", "::1", "localhost"]) expect(refusal({ HOST }), HOST).toBe("");
  });

  it("refuse codes on the console in production, where every secret is demanded", () => {
    expect(refusal(production)).toBe(
      "The server cannot start: SMS_PROVIDER must not be console in production, since it prints one-time codes.",
    );
  });

  it("take any whsec_ secret of 16 bytes or more, in base64 alone", () => {
    const takes = (bytes: number, encoding: BufferEncoding = "base64") =>
      readSettings({ RELAY_WEBHOOK_SECRET: `whsec_${Buffer.alloc(bytes, 255).toString(encoding)}` });
    for (const bytes of [16, 22, 32, 96]) expect(takes(bytes).relayWebhookSecrets).toHaveLength(1);
    expect(() => takes(15)).toThrow("RELAY_WEBHOOK_SECRET");
    expect(() => takes(32, "base64url")).toThrow("RELAY_WEBHOOK_SECRET");
  });

  it("take one or two relay secrets, and a root key with or without its padding", () => {
    expect(readSettings({ RELAY_WEBHOOK_SECRET: `${canary}, ${canary}2` }).relayWebhookSecrets).toHaveLength(2);
    expect(refusal({ RELAY_WEBHOOK_SECRET: `${canary},${canary},${canary}` })).toContain("RELAY_WEBHOOK_SECRET");
    const key = production.VAULT_ROOT_KEY;
    expect(readSettings({ VAULT_ROOT_KEY: key.slice(0, -1) }).vaultRootKey).toBe(key);
    expect(refusal({ VAULT_ROOT_KEY: `${key.slice(0, -2)}B=` })).toContain("VAULT_ROOT_KEY");
  });

  it("take proxies by address and block", () => {
    expect(readSettings({ TRUST_PROXY: "true" }).trustProxy).toBe(true);
    expect(readSettings({ TRUST_PROXY: "10.0.0.0/8, ::1" }).trustProxy).toEqual(["10.0.0.0/8", "::1"]);
    expect(refusal({ TRUST_PROXY: "10.0.0.0/33" })).toContain("TRUST_PROXY");
  });

  it("knows the issuer of Supabase Auth however the project's address is written", () => {
    for (const SUPABASE_URL of ["https://ABC.supabase.co", "https://abc.supabase.co:443//"])
      expect(readSettings({ SUPABASE_URL, DATABASE_URL: "postgres://somewhere/db" })).toMatchObject({
        supabaseUrl: "https://abc.supabase.co",
        jwtIssuer: "https://abc.supabase.co/auth/v1",
      });
  });

  it("make a Supabase project the issuer of tokens, and ask for its keys or its database", () => {
    const settings = { SUPABASE_URL: "https://abc.supabase.co/", DATABASE_URL: "postgres://somewhere/db" };
    expect(readSettings(settings)).toMatchObject({
      jwtIssuer: "https://abc.supabase.co/auth/v1",
      databaseDriver: "postgres",
    });
    const message = refusal({ SUPABASE_URL: settings.SUPABASE_URL });
    for (const name of ["SUPABASE_SERVICE_KEY ", "SUPABASE_ANON_KEY ", "DATABASE_URL "])
      expect(message).toContain(name);
  });

  it("let a Supabase project answer where its address and its service key are set, unless the driver says otherwise", () => {
    expect(readSettings(project).databaseDriver).toBe("supabase");
    const withDatabase = { ...project, DATABASE_URL: "postgres://somewhere/db" };
    expect(readSettings(withDatabase).databaseDriver).toBe("supabase");
    expect(readSettings({ ...withDatabase, DATABASE_DRIVER: "postgres" }).databaseDriver).toBe("postgres");
    expect(readSettings({ DATABASE_URL: "postgres://somewhere/db" }).databaseDriver).toBe("postgres");
    expect(readSettings({}).databaseDriver).toBe("postgres");
    const migrating = { ...project, DATABASE_MIGRATION_URL: "postgres://somewhere/db" };
    expect(readSettings(migrating).databaseDriver).toBe("supabase");
  });

  it("name what a Supabase project lacks", () => {
    const { SUPABASE_URL, SUPABASE_SERVICE_KEY, SUPABASE_ANON_KEY } = project;
    expect(refusal({ SUPABASE_URL, SUPABASE_SERVICE_KEY })).toMatch(/SUPABASE_ANON_KEY must be set/);
    expect(refusal({ SUPABASE_SERVICE_KEY, SUPABASE_ANON_KEY })).toMatch(/SUPABASE_URL must be set/);
    const message = refusal({ DATABASE_DRIVER: "supabase" });
    for (const name of Object.keys(project)) expect(message).toContain(`${name} must be set`);
    expect(refusal({ ...project, DATABASE_DRIVER: "postgres" })).toMatch(/DATABASE_URL must be set/);
    expect(refusal({ DATABASE_DRIVER: "mysql" })).toMatch(/DATABASE_DRIVER must be one of/);
  });

  it("take the project's keys under every name they go by, new and old, and from files", () => {
    const { SUPABASE_URL, SUPABASE_SERVICE_KEY, SUPABASE_ANON_KEY } = project;
    const file = path.join(directory, "key");
    writeFileSync(file, `${SUPABASE_SERVICE_KEY}\n`);
    for (const name of ["SUPABASE_SERVICE_KEY", "SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"])
      for (const given of [{ [name]: SUPABASE_SERVICE_KEY }, { [`${name}_FILE`]: file }])
        expect(readSettings({ SUPABASE_URL, SUPABASE_ANON_KEY, ...given }).supabaseServiceKey).toBe(
          SUPABASE_SERVICE_KEY,
        );
    for (const name of ["SUPABASE_ANON_KEY", "SUPABASE_PUBLISHABLE_KEY", "SUPABASE_KEY"])
      expect(readSettings({ SUPABASE_URL, SUPABASE_SERVICE_KEY, [name]: jwtKey("anon") })).toMatchObject({
        supabaseAnonKey: jwtKey("anon"),
        databaseDriver: "supabase",
      });
    expect(readSettings({ ...project, SUPABASE_SERVICE_KEY: jwtKey("service_role") }).databaseDriver).toBe("supabase");
  });

  it("take two names of one key where they agree, and name both where they differ", () => {
    const { SUPABASE_SERVICE_KEY } = project;
    expect(refusal({ ...project, SUPABASE_SECRET_KEY: SUPABASE_SERVICE_KEY })).toBe("");
    const message = refusal({ ...project, SUPABASE_SECRET_KEY: jwtKey("service_role") });
    expect(message).toMatch(/SUPABASE_SERVICE_KEY and SUPABASE_SECRET_KEY are two names of one setting, and differ/);
    expect(message).not.toContain("must be set");
    const files = { SUPABASE_KEY_FILE: path.join(directory, "none") };
    expect(refusal({ ...project, ...files })).toMatch(/SUPABASE_KEY cannot be read from the file/);
  });

  it("refuse a project's keys in one another's place, by the name that was set and without the key", () => {
    const { SUPABASE_URL, SUPABASE_SERVICE_KEY, SUPABASE_ANON_KEY } = project;
    const wrongAnon = [SUPABASE_SERVICE_KEY, jwtKey("service_role"), jwtKey("authenticated"), canary, "a.b.c", "eyJ"];
    for (const key of wrongAnon) {
      const message = refusal({ SUPABASE_URL, SUPABASE_SERVICE_KEY, SUPABASE_KEY: key });
      expect(message, key).toMatch(/SUPABASE_KEY must be the project's publishable key/);
      expect(message).not.toContain("must be set");
      expect(message).not.toContain(key);
    }
    for (const key of [
      SUPABASE_ANON_KEY,
      jwtKey("anon"),
      canary,
      "sb_secret_",
      "sb_secret_with\na line break and more",
    ]) {
      const message = refusal({ SUPABASE_URL, SUPABASE_ANON_KEY, SUPABASE_SECRET_KEY: key });
      expect(message, key).toMatch(/SUPABASE_SECRET_KEY must be the project's secret key/);
    }
  });

  it("demand no VAULT_ROOT_KEY of a Supabase project, and make none for it", () => {
    const { VAULT_ROOT_KEY, NODE_ENV, ...others } = production;
    expect(refusal({ NODE_ENV, ...others })).toContain("VAULT_ROOT_KEY must be set");
    expect(refusal({ NODE_ENV, ...others, ...project })).not.toContain("VAULT_ROOT_KEY");
    expect(loadConfig({ ...others, ...project }, directory).vaultRootKey).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
    expect(readSettings({ VAULT_ROOT_KEY, ...project }).vaultRootKey).toBe(VAULT_ROOT_KEY);
    expect(refusal({ VAULT_ROOT_KEY: canary, ...project })).toContain("VAULT_ROOT_KEY must be 32 bytes");
  });

  it("refuse one whose work is not built, rather than ignore it", () => {
    const file = path.join(directory, "key");
    writeFileSync(file, canary);
    for (const [name, value] of [
      ["VAULT_ROOT_KEY_PREVIOUS", canary],
      ["VAULT_ROOT_KEY_PREVIOUS_FILE", file],
    ] as const)
      expect(refusal({ [name]: value })).toBe(
        "The server cannot start: VAULT_ROOT_KEY_PREVIOUS must be left out: exchanging the root key is not built yet.",
      );
    expect(refusal({ VAULT_ROOT_KEY_PREVIOUS: "" })).toBe("");
  });

  it("cannot be changed afterwards", () => {
    expect(Object.isFrozen(readSettings({}))).toBe(true);
    expect(Object.isFrozen(loadConfig({}, directory))).toBe(true);
  });

  it("are all in .env.example, with their defaults and no secret", () => {
    const text = renderEnvExample();
    for (const { name, default: value } of Object.values(settingsTable))
      expect(text).toContain(`\n# ${name}=${value ?? ""}\n`);
    expect(readFileSync(new URL("../../.env.example", import.meta.url), "utf8")).toBe(text);
  });
});

describe("generated secrets", () => {
  it("are made once, kept with mode 0600, and found again at the next start", () => {
    const first = loadConfig({}, directory);
    expect(first.vaultRootKey).toMatch(/^[\w-]{43}=$/);
    expect(loadConfig({}, directory)).toEqual(first);
    expect(statSync(path.join(directory, "secrets.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["secrets.json"]);
  });

  it("stand behind those that are set", () => {
    const config = loadConfig({ DATABASE_SALT: canary }, directory);
    expect(config.databaseSalt).toBe(canary);
    expect(readFileSync(path.join(directory, "secrets.json"), "utf8")).not.toContain(canary);
  });

  it("are not made where all are set", () => {
    const { NODE_ENV, ...secrets } = production;
    loadConfig(secrets, directory);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("are the same for servers that start at once for the first time", async () => {
    const script = `import("./test/support/load-config.ts").then(({ loadConfig }) => console.log(loadConfig({}, process.argv[1]).vaultRootKey))`;
    const start = () => promisify(execFile)(process.execPath, ["--import", "tsx", "-e", script, directory]);
    const keys = await Promise.all(Array.from({ length: 4 }, start));
    expect(new Set(keys.map(({ stdout }) => stdout.trim())).size).toBe(1);
    expect(keys[0]?.stdout).toMatch(/^[\w-]{43}=\n$/);
  });

  it("are closed to others where someone opened the file", () => {
    loadConfig({}, directory);
    chmodSync(path.join(directory, "secrets.json"), 0o644);
    loadConfig({}, directory);
    expect(statSync(path.join(directory, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  it("are never replaced: a damaged or incomplete file is refused in a sentence without its content", () => {
    const file = path.join(directory, "secrets.json");
    for (const content of [`{"DATABASE_SALT": "${canary}"`, `{"DATABASE_SALT": "${canary}"}`, "null", ""]) {
      writeFileSync(file, content);
      expect(() => loadConfig({}, directory)).toThrow(/^secrets\.json in the data directory/);
      expect(() => loadConfig({}, directory)).not.toThrow(/canary/);
      expect(readFileSync(file, "utf8")).toBe(content);
    }
  });

  it("are demanded where there is no directory to keep them in", () => {
    expect(() => completeSecrets(readSettings({ DATABASE_SALT: canary }))).toThrow(
      "The server cannot start: SUPABASE_JWT_SECRET, VAULT_ROOT_KEY, RELAY_WEBHOOK_SECRET must be set.",
    );
  });
});
