import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import { server } from "../support/stage.js";

export const threads: Suite = (stage) => {
  let threads = 0;
  const nextThread = () => (++threads).toString(16).padStart(64, "0");
  const credential = (name: string, token = "token") => ({ name, token, salt: "sält" });
  const connect = (userIdentifierHash: string, credentials: unknown) =>
    stage().call("connect", { userIdentifierHash, credentials }, server);
  const account = (userIdentifierHash: string) => stage().call("connected_account", { userIdentifierHash }, server);
  const save = (userIdentifierHash: string, changes: object) =>
    stage().call("save_thread", { userIdentifierHash, changes }, server);
  const disconnect = (userIdentifierHash: string, extra: object = {}) =>
    stage().call("disconnect", { userIdentifierHash, ...extra }, server);

  it("stores credentials by name, and gives them back as they came", async () => {
    const thread = nextThread();
    const made = await connect(thread, [credential("b_key", '{"t":1}'), credential("Ä☃", "")]);
    expect(made.credentials.map(({ name, token, salt }) => [name, token, salt])).toEqual([
      ["b_key", '{"t":1}', "sält"],
      ["Ä☃", "", "sält"],
    ]);
    expect(made.thread).toBeNull();
    const replaced = await connect(thread, [credential("b_key", "new")]);
    expect(replaced.credentials).toHaveLength(2);
    expect(replaced.connectedAt).toBe(made.connectedAt);
    expect(await account(thread)).toEqual([replaced]);
  });

  it("answers an empty list where nothing is connected", async () => {
    expect(await account(nextThread())).toEqual([]);
    expect(await save(nextThread(), { day: 1 })).toEqual([]);
  });

  it.each([
    [[], "input.credentials"],
    [[credential("a"), credential("a")], "input.credentials.1.name"],
    [[credential(" ")], "input.credentials.0.name"],
    [Array.from({ length: 51 }, (_, n) => credential(`c${n}`)), "input.credentials"],
  ])("refuses the credentials of case %#", async (credentials, field) => {
    const thread = nextThread();
    expect(await stage().refusal(connect(thread, credentials))).toMatchObject({ sqlState: "CR422", detail: field });
    expect(await account(thread)).toEqual([]);
  });

  it("saves progress, leaves what is left out and clears what is null", async () => {
    const thread = nextThread();
    await connect(thread, [credential("a")]);
    const [first] = await save(thread, { url: { token: "u", salt: "s" }, day: 3, progress: { token: "p", salt: "q" } });
    expect(first).toMatchObject({ threadUrlToken: "u", threadUrlSalt: "s", currentDay: 3, progressToken: "p" });
    const [second] = await save(thread, { url: null, day: 0 });
    expect(second).toMatchObject({ threadUrlToken: null, threadUrlSalt: null, currentDay: 0, progressToken: "p" });
    expect((await account(thread))[0]?.thread).toEqual(second);
    const refusal = await stage().refusal(save(thread, { day: "canary" }));
    expect(refusal.sqlState).toBe("22P02");
    expect(refusal.message).not.toContain("canary");
  });

  it("leaves progress as it is that is newer than what was kept elsewhere", async () => {
    const thread = nextThread();
    await connect(thread, [credential("a")]);
    const at = (day: number, savedAt: string | null) =>
      stage().call("save_thread", { userIdentifierHash: thread, changes: { day }, savedAt }, server);
    const [kept] = await at(1, "2025-01-02T05:04:05.25+02:00");
    expect(kept).toMatchObject({ currentDay: 1, updatedAt: "2025-01-02T03:04:05.25+00:00" });
    expect(await at(2, "2025-01-02T03:04:05.249Z")).toEqual([]);
    expect(await at(2, "2025-01-02T03:04:05.25Z")).toEqual([]);
    expect(await at(3, "2025-01-02T03:04:05.250001Z")).toMatchObject([{ currentDay: 3 }]);
    const [ahead] = await at(4, "2090-01-01T00:00:00Z");
    expect(Date.parse(ahead?.updatedAt ?? "")).toBeLessThan(Date.now() + 60_000);
    expect(await at(5, null)).toMatchObject([{ currentDay: 5 }]);
    expect((await stage().refusal(at(6, "canary"))).sqlState).toBe("22007");
    expect((await account(thread))[0]?.thread?.currentDay).toBe(5);
  });

  it("deletes credentials and keeps progress, unless told to forget it", async () => {
    const thread = nextThread();
    await connect(thread, [credential("a"), credential("b")]);
    await save(thread, { day: 5 });
    expect(await disconnect(thread)).toEqual({ disconnected: true, credentialsDeleted: 2 });
    expect(await account(thread)).toEqual([]);
    expect((await connect(thread, [credential("a")])).thread).toMatchObject({ currentDay: 5 });
    expect(await disconnect(thread, { forgetThread: true })).toEqual({ disconnected: true, credentialsDeleted: 1 });
    expect((await connect(thread, [credential("a")])).thread).toBeNull();
    expect(await disconnect(nextThread())).toEqual({ disconnected: false, credentialsDeleted: 0 });
  });
};
