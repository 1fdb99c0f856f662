import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callIn } from "../support/direct-caller.js";
import {
  claimsOf,
  type DirectStage,
  everythingOf,
  openDirectStage,
  representativeCalls,
  revealDirectly,
} from "../support/direct-stage.js";

const mayBeRead = ["organizations", "members", "tables", "columns", "rows"].map((name) => `cloakroom_api.${name}`);

describe("what direct callers forge", () => {
  let stage: DirectStage;
  beforeAll(async () => {
    stage = await openDirectStage();
  });
  afterAll(() => stage?.close());

  it("are nobody with forged claims: none of another shape, another role, or somebody else's session", async () => {
    const { access, own, foreign } = stage;
    const [mine, theirs] = [claimsOf(own), claimsOf(foreign)];
    const forged: (Record<string, unknown> | string)[] = [
      { role: "service_role" },
      { role: "service_role", sub: theirs.sub },
      { ...mine, sub: theirs.sub },
      { ...theirs, session_id: mine.session_id },
      { ...theirs, sub: mine.sub, role: "service_role" },
      { sub: theirs.sub },
      { session_id: theirs.session_id },
      { sub: [theirs.sub], session_id: [theirs.session_id] },
      { sub: { id: theirs.sub }, session_id: theirs.session_id },
      { sub: null, session_id: theirs.session_id },
      { sub: "%", session_id: theirs.session_id },
      { sub: "somebody", session_id: "some session" },
      { claims: theirs },
      JSON.stringify([theirs]),
      JSON.stringify(theirs.sub),
      JSON.stringify(JSON.stringify(theirs)),
      "null",
      "7",
      "",
      "not json at all",
      `{"sub": "${theirs.sub}", "session_id": "${theirs.session_id}"`,
    ];
    for (const claims of forged) {
      for (const [fn, args] of Object.entries(representativeCalls(foreign))) {
        const answer = await access.tryOut(claims, fn, args).catch((error: pg.DatabaseError) => error.code);
        const text = typeof claims === "string" ? claims : JSON.stringify(claims);
        expect([text, fn, answer]).toEqual([
          text,
          fn,
          fn === "session" && answer !== "22P02" ? [] : expect.stringMatching(/^(CR401|22P02)$/),
        ]);
      }
      for (const name of mayBeRead) {
        const rows = await access
          .request({ claims }, async (client) => (await client.query(`select * from ${name}`)).rows)
          .catch((error: pg.DatabaseError) => error.code);
        expect([claims, name, rows]).toEqual([claims, name, rows === "22P02" ? "22P02" : []]);
      }
    }
  });

  it("change nothing of others by forging the server's own settings", async () => {
    const { test, access, own, foreign } = stage;
    const before = (await test.admin.query(everythingOf(foreign.organizationId))).rows;
    const settings = {
      "cloakroom.root_key": "dGVzdC1yb290LWtleS10ZXN0LXJvb3Qta2V5LTk5OTk=",
      "cloakroom.client_address": "198.51.100.66",
      "cloakroom.sealing": foreign.tableId,
      "request.jwt.claim.sub": String(claimsOf(foreign).sub),
      "request.jwt.claim.role": "service_role",
      "request.headers": JSON.stringify({ "x-cloakroom-client-address": "198.51.100.66" }),
    };
    for (const [name, value] of Object.entries(settings))
      for (const [fn, args] of Object.entries(representativeCalls(foreign))) {
        const answer = await access
          .request(
            { claims: claimsOf(own) },
            async (client) => {
              await client.query("select set_config($1, $2, true)", [name, value]);
              return callIn(client, access.signatures, fn, args);
            },
            false,
          )
          .catch((error: pg.DatabaseError) => error.code);
        expect([name, fn, JSON.stringify(answer)]).toEqual([
          name,
          fn,
          expect.not.stringMatching(/foreign-canary|sealed-/),
        ]);
      }
    expect((await test.admin.query(everythingOf(foreign.organizationId))).rows).toEqual(before);
  });

  it("cannot have a value stored in the open by saying that nothing is to be sealed, or learn the key after a refusal", async () => {
    const { test, access, own } = stage;
    const forged = [
      own.tableId,
      `${own.tableId}${"00".repeat(32)}{}`,
      `${own.tableId}${"00".repeat(32)}{${own.secretId},FULL}`,
    ];
    for (const setting of forged)
      for (const fn of ["add_rows", "update_row"])
        await access.request({ claims: claimsOf(own) }, async (client) => {
          await client.query("select set_config('cloakroom.sealing', $1, true)", [setting]);
          await callIn(client, access.signatures, fn, {
            ...representativeCalls(own)[fn],
            ...(fn === "update_row" && { expected_version: null }),
          });
        });
    const { rows } = await test.admin.query("select r.values::text || r.masks::text as open from cloakroom.rows r");
    expect(rows.map(({ open }) => open).join("\n")).not.toContain("sealed-");
    const revealed = { row_id: own.rowId, column_id: own.secretId };
    expect(await revealDirectly(access, claimsOf(own), revealed)).toMatchObject({ value: "sealed-and-changed" });
    await access.request({ claims: claimsOf(own) }, async (client) => {
      await client.query("savepoint before");
      const long = { [own.columnIds.json ?? ""]: "x".repeat(200_000), [own.secretId]: "y".repeat(60_000) };
      for (const values of [long, { [own.secretId]: "z" }]) {
        await callIn(client, access.signatures, "update_row", { id: own.rowId, values, expected_version: -1 }).catch(
          () => undefined,
        );
        await client.query("rollback to before");
        const { rows } = await client.query("select current_setting('cloakroom.sealing', true) as kept");
        expect(rows[0].kept ?? "").toBe("");
      }
      await callIn(client, access.signatures, "update_row", { id: own.rowId, values: { [own.secretId]: "z" } });
      const { rows } = await client.query("select current_setting('cloakroom.sealing', true) as kept");
      expect(rows[0].kept).toBe("");
    });
  });
});
