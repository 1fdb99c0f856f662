import { expect, it } from "vitest";
import { aMessage } from "../../support/messages.js";
import type { Suite } from "../support/contract.js";
import { probe } from "../support/probes.js";
import { nobodysId, server } from "../support/stage.js";

/** What a driver makes of any argument and any answer, whatever the function. */
export const argumentsAndAnswers: Suite = (stage) => {
  const echo = (args: object) => probe(stage().database, "probe_echo", args, server);

  it.each([
    ["object", { snake_key: { inner_key: 1 }, camelKey: [{ a_b: null }] }],
    ["array", [1, [], {}]],
    ["string", '{"a":1}'],
    ["string", "[1]"],
    ["string", "null"],
    ["string", ""],
    ["number", 0],
    ["number", -1.5e-7],
    ["boolean", false],
    ["null", null],
  ])("hands a jsonb argument on as the %s %j", async (kind, value) => {
    // SQL has no value where JSON has null.
    const given = value === null ? { kind: null, value: null } : { kind, value };
    expect(await echo({ value })).toMatchObject(given);
  });

  it.each(["", " ", "null", '{"a":1}', "[1]", "{a,b}", "\\", '"', "🔐é☃\u202e", "\t\n\r", "a".repeat(100_000)])(
    "hands the text %j on to the character, alone and in a list",
    async (word) => {
      expect(await echo({ word, words: [word, "b"] })).toMatchObject({ word, words: [word, "b"] });
    },
  );

  it("tells what is left out from what is null", async () => {
    expect(await echo({})).toMatchObject({ word: "left out", words: [] });
    expect(await echo({ word: undefined })).toMatchObject({ word: "left out" });
    expect(await echo({ word: null, words: null })).toMatchObject({ word: null, words: null });
  });

  it("answers null where a function has no answer", async () => {
    expect(await probe(stage().database, "probe_void", {}, server)).toBeNull();
    expect(await probe(stage().database, "probe_null", {}, server)).toBeNull();
  });

  it.each(["\u0000", "a\u0000b", "\ud800", "\udc00x", "x\ud83d"])(
    "refuses the text %j, which cannot be stored",
    async (text) => {
      const { owner, organizationId } = stage();
      for (const ask of [
        () => stage().call("create_organization", { name: text }, owner.caller),
        () =>
          stage().call(
            "create_table",
            { organizationId, name: "x", columns: [{ name: text, type: "TEXT" }] },
            owner.caller,
          ),
        () => stage().call("audit_events", { organizationId, filter: { [text]: 1 } }, owner.caller),
        () => echo({ words: ["a", text] }),
      ])
        expect((await stage().refusal(ask())).sqlState).toBe("CR422");
    },
  );

  it("refuses what no argument takes by SQLSTATE, and quotes none of it", async () => {
    const { owner, organizationId } = stage();
    const canary = "canary-4242";
    const refused: [string, () => Promise<unknown>][] = [
      ["22P02", () => stage().call("audit_events", { organizationId, first: canary as never }, owner.caller)],
      ["22003", () => stage().call("audit_events", { organizationId, first: 1e15 }, owner.caller)],
      [
        "22P02",
        () => stage().call("update_row", { id: nobodysId, values: {}, expectedVersion: canary as never }, owner.caller),
      ],
      ["42883", () => stage().call("rename_table", { id: nobodysId, title: canary } as never, owner.caller)],
      ["42883", () => stage().call("rename_table", { id: nobodysId } as never, owner.caller)],
      ["42883", () => stage().call("no_such_function" as never, { value: canary } as never, owner.caller)],
    ];
    for (const [sqlState, ask] of refused) {
      const refusal = await stage().refusal(ask());
      expect(refusal).toEqual({ sqlState, message: `database error ${sqlState}`, detail: null });
    }
  });

  it("leaves no value in an error, however it is printed", async () => {
    const { owner } = stage();
    const canary = "canary-4343";
    const thrown = await stage()
      .call(
        "update_row",
        { id: nobodysId, values: { [canary]: canary }, expectedVersion: canary as never },
        owner.caller,
      )
      .catch((error: Error) => error);
    const { inspect } = await import("node:util");
    for (const printed of [
      String(thrown),
      inspect(thrown, { depth: 10 }),
      JSON.stringify(thrown),
      (thrown as Error).stack,
    ])
      expect(printed).not.toContain(canary);
  });

  it("keeps users from the server's functions, and the server from the users'", async () => {
    const { owner } = stage();
    const organizationId = nobodysId;
    const forbidden = [
      () => stage().call("start_verification", { phone: "+14155550100" }, owner.caller),
      () => stage().call("confirm_verification", { phone: "+14155550100", code: "000000" }, owner.caller),
      () => stage().call("refresh_session", { refreshToken: "x" }, owner.caller),
      () => stage().call("configure_limits", { limits: {} }, owner.caller),
      () => stage().call("configure_onboarding", { script: { steps: [], summary: [] } }, owner.caller),
      () => stage().call("note_unsent_code", { codeId: nobodysId }, owner.caller),
      () => stage().call("spend_code_try", { phone: "+14155550100" }, owner.caller),
      () => stage().call("connect", { userIdentifierHash: "x", credentials: [] }, owner.caller),
      () => stage().call("connected_account", { userIdentifierHash: "x" }, owner.caller),
      () => stage().call("save_thread", { userIdentifierHash: "x", changes: {} }, owner.caller),
      () => stage().call("disconnect", { userIdentifierHash: "x" }, owner.caller),
      () => stage().call("release", {}, owner.caller),
      () => stage().call("unfinished_conversions", {}, owner.caller),
      () => stage().call("ingest_message", { ...aMessage }, owner.caller),
      () => stage().call("me", {}, server),
      () => stage().call("session", {}, server),
      () => stage().call("revoke_all_sessions", {}, server),
      () => stage().call("person", {}, server),
      () => stage().call("update_profile", { changes: {} }, server),
      () => stage().call("set_trait", { input: { name: "a", value: 1 } }, server),
      () => stage().call("answer_onboarding", { input: { step: "a", answer: 1 } }, server),
      () => stage().call("export_account", {}, server),
      () => stage().call("delete_account", {}, server),
      () => stage().call("organizations", {}, server),
      () => stage().call("rows", { tableIds: [] }, server),
      () => stage().call("reveal_cell", { rowId: nobodysId, columnId: nobodysId }, server),
      () => stage().call("insert_provider_key", { organizationId, provider: "x", apiKey: "x" }, server),
    ];
    const states = [];
    for (const ask of forbidden) states.push((await stage().refusal(ask())).sqlState);
    expect(states).toEqual(Array(forbidden.length).fill("42501"));
  });

  it("answers a list as one value to whoever asks for it so, under the same rules", async () => {
    const { owner, gone, organizationId } = stage();
    const list = (functionName: string, args: object, caller = owner.caller) =>
      stage().call("whole_list", { functionName, args }, caller);
    const tables = await stage().call("tables", { organizationId }, owner.caller);
    expect(await list("tables", { organization_id: organizationId })).toEqual(tables);
    expect(await list("columns", { table_ids: [] })).toEqual([]);
    const refusals = [];
    for (const ask of [
      () => list("me", {}),
      () => list("columns", { none: 1 }),
      () => list("organizations", {}, gone.caller),
      () => list("unfinished_conversions", {}),
    ])
      refusals.push((await stage().refusal(ask())).sqlState);
    expect(refusals).toEqual(["42883", "42883", "CR401", "42501"]);
  });

  it("answers keys in camelCase, but for those inside what people stored", async () => {
    const { owner } = stage();
    const { id: tableId, ids } = await stage().tableOf([{ name: "c", type: "JSON" }]);
    const value = { snake_key: 1, camelKey: 2 };
    const [row] = await stage().call("add_rows", { tableId, rows: [{ [ids.c ?? ""]: value }] }, owner.caller);
    expect(Object.keys(row ?? {}).sort()).toEqual(
      ["createdAt", "id", "sequence", "tableId", "updatedAt", "values", "version"].sort(),
    );
    expect(row?.values).toEqual({ [ids.c ?? ""]: value });
  });
};
