import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "../../src/database/migrate.js";
import { createSupabaseProject, type SupabaseProject } from "../support/hosted-cli.js";
import type { Cluster } from "./support/cluster.js";
import { startPostgres15 } from "./support/postgres-15.js";

/** plpgsql_check reads into what a body would only fail at when it is run: Debian has it, the embedded Postgres not. */
describe("plpgsql_check", () => {
  let postgres: Cluster;
  let project: SupabaseProject;
  beforeAll(async () => {
    postgres = await startPostgres15();
    project = await createSupabaseProject();
    const [rootKey, serverRolePassword] = [
      `${randomBytes(32).toString("base64url")}=`,
      randomBytes(24).toString("hex"),
    ];
    await migrate({ adminUrl: postgres.url, rootKey, serverRolePassword, log: () => undefined });
  });
  afterAll(async () => {
    await project.remove();
    postgres.stop();
  });

  const lint = () => {
    const schemas = "cloakroom_api,cloakroom_private";
    return project.run(postgres.url, "db", "lint", "--schema", schemas, "--level", "warning", "--fail-on", "warning");
  };

  it("finds nothing in any function, as `supabase db lint` asks it", async () => {
    const { code, stdout, stderr } = await lint();
    expect(stdout).toBe("");
    expect(stderr).toContain("No schema errors found");
    expect(code).toBe(0);
  });

  it("finds what is wrong where something is", async () => {
    postgres.psql(`create function cloakroom_private.wrong() returns int language plpgsql as
      'begin return (select s.nothing from cloakroom.settings s); end'`);
    const { code, stdout } = await lint();
    expect(code).not.toBe(0);
    expect(stdout).toContain("cloakroom_private.wrong");
    postgres.psql("drop function cloakroom_private.wrong()");
  });

  it("finds nothing in the trigger functions either, which the CLI leaves out", async () => {
    const client = new pg.Client(postgres.url);
    await client.connect();
    await client.query("create extension plpgsql_check");
    const { rows } = await client
      .query(
        `select t.tgname, f.message from pg_trigger t,
           plpgsql_check_function_tb(t.tgfoid, t.tgrelid, extra_warnings := true, performance_warnings := false) f
         where not t.tgisinternal and t.tgrelid::regclass::text like 'cloakroom.%'`,
      )
      .finally(() => client.end());
    expect(rows).toEqual([]);
  });
});
