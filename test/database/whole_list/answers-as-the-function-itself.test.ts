import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/database/port.js";
import { refusalOf } from "../../support/callers.js";
import type { TestDatabase } from "../../support/database.js";
import { organizationStage } from "../../support/organization-stage.js";
import { type DatabasePerson, server } from "../../support/people.js";

describe("whole_list", () => {
  let test: TestDatabase;
  let owner: DatabasePerson;
  beforeAll(async () => {
    [test, owner] = await organizationStage();
  });
  afterAll(() => test.drop());

  const whole = (functionName: string, args: unknown, caller: Caller = owner.caller) =>
    test.database.call("whole_list", { functionName, args }, caller);

  it("answers what the function answers, with arguments and with defaults", async () => {
    const organizationIds = [owner.organizationId];
    expect(await whole("members", { organization_ids: organizationIds })).toEqual(
      await test.database.call("members", { organizationIds }, owner.caller),
    );
    expect(await whole("organizations", {})).toEqual(await test.database.call("organizations", {}, owner.caller));
    expect(await whole("members", { organization_ids: [randomUUID()] })).toEqual([]);
    expect(await whole("audit_events", { organization_id: owner.organizationId, first: 3 })).toEqual(
      await test.database.call("audit_events", { organizationId: owner.organizationId, first: 3 }, owner.caller),
    );
  });

  it("reaches what its caller may call, and nothing else", async () => {
    expect((await refusalOf(whole("unfinished_conversions", {}))).sqlState).toBe("42501");
    expect((await refusalOf(whole("connected_account", { user_identifier_hash: "x" }))).sqlState).toBe("42501");
    expect((await refusalOf(whole("members", { organization_ids: [] }, server))).sqlState).toBe("42501");
    expect(await whole("unfinished_conversions", {}, server)).toEqual([]);
    expect((await refusalOf(whole("organizations", {}, { ...owner.caller, claims: {} }))).sqlState).toBe("CR401");
  });

  it("knows no function that returns one thing, of another schema, or with arguments it does not have", async () => {
    for (const name of ["me", "whole_list", "pg_ls_dir", "caller_organizations", "organizations()", "x; select 1", ""])
      expect((await refusalOf(whole(name, {}))).sqlState, name).toBe("42883");
    expect((await refusalOf(whole("organizations", { "a) --": 1 }))).sqlState).toBe("42883");
    expect((await refusalOf(whole("organizations", [1]))).sqlState).toBe("42883");
  });

  it("keeps our own sentences, and of other errors the SQLSTATE without words", async () => {
    const args = { organization_id: owner.organizationId, first: 501 };
    expect(await refusalOf(whole("audit_events", args))).toMatchObject({ sqlState: "CR422" });
    const client = await test.admin.connect();
    try {
      await client.query("begin; set local role authenticated");
      const call = client.query(`select cloakroom_api.whole_list('members', '{"organization_ids": ["canary"]}')`);
      const error: { code?: string; message?: string } = await call.then(
        () => ({}),
        (reason) => reason,
      );
      expect(error).toMatchObject({ code: "22P02", message: "request failed" });
      expect(JSON.stringify(error)).not.toContain("canary");
    } finally {
      await client.query("rollback");
      client.release();
    }
  });

  it("refuses an answer beyond 64 MiB", async () => {
    await test.admin.query(`
      create function cloakroom_api.zz_huge() returns setof text language sql set search_path = pg_catalog, pg_temp
        as $$ select repeat('x', 1024 * 1024) from generate_series(1, 70) $$;
      grant execute on function cloakroom_api.zz_huge() to authenticated`);
    expect(await refusalOf(whole("zz_huge", {}))).toMatchObject({ sqlState: "CR422" });
  });
});
