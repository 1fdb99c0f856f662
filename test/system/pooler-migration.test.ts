import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { demandPasswords, ownerPassword, startPgBouncer } from "./support/pgbouncer.js";
import { deployBehindPooler, type PooledDeployment } from "./support/pooled-servers.js";
import { startPostgres15 } from "./support/postgres-15.js";
import { startServer } from "./support/server-process.js";

/** A lock or a setting of a migration would stay on a connection of the pool, where nobody would ever take it back. */
describe("migrating through PgBouncer", () => {
  let deployment: PooledDeployment;
  beforeAll(async () => {
    deployment = await deployBehindPooler(inject("checkout"), { logins: "auth_file" });
  });
  afterAll(() => deployment?.stop());

  const inOneSentence = (sentence: RegExp) => new RegExp(`Cloakroom did not start\\. ${sentence.source}\\n`);
  const advisoryLocks = () =>
    deployment.cluster.psql("select count(*) from pg_locks where locktype = 'advisory'").trim();

  it("is refused in a sentence in transaction mode, and leaves no lock behind", async () => {
    const url = deployment.pooler.url("postgres", ownerPassword);
    const ways: Record<string, string>[] = [
      { DATABASE_MIGRATION_URL: url },
      { DATABASE_MIGRATION_URL: "", DATABASE_URL: url },
    ];
    for (const settings of ways)
      await expect(deployment.start(settings)).rejects.toThrow(
        inOneSentence(/The address to migrate with is a pooler in transaction mode: set DATABASE_MIGRATION_URL to .*/),
      );
    expect(advisoryLocks()).toBe("0");
  });

  it("is refused where it would be done as the role that answers requests", async () => {
    await expect(deployment.start({ DATABASE_MIGRATION_URL: "" })).rejects.toThrow(
      inOneSentence(/The address to migrate with names cloakroom_server, .*/),
    );
  });

  it("is done through a pooler in session mode, which keeps a session's lock and settings", async () => {
    const pooler = await startPgBouncer(deployment.cluster, { logins: "auth_file", mode: "session" });
    onTestFinished(() => pooler.stop());
    const server = await deployment.start({ DATABASE_MIGRATION_URL: pooler.url("postgres", ownerPassword) });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await server.stop();
  });

  it("makes the login role that such a pooler has never heard of, so that one address is enough", async () => {
    const cluster = await startPostgres15();
    onTestFinished(() => cluster.stop());
    demandPasswords(cluster);
    const pooler = await startPgBouncer(cluster, { logins: "auth_query", mode: "session" });
    onTestFinished(() => pooler.stop());
    const server = await startServer({
      command: ["node", "dist/main.js"],
      cwd: inject("checkout"),
      env: {
        ...deployment.settings,
        DATABASE_MIGRATION_URL: "",
        DATABASE_URL: pooler.url("postgres", ownerPassword),
      },
    });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await server.stop();
  });

  it("is left out with MIGRATE_ON_START=false, when the pooler's address is all that a server needs", async () => {
    const server = await deployment.start({ DATABASE_MIGRATION_URL: "", MIGRATE_ON_START: "false" });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await server.stop();
  });
});
