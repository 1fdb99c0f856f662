import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withCircuitBreaker } from "../../src/database/circuit-breaker.js";
import { type Database, DatabaseError } from "../../src/database/port.js";

const caller = { role: "service_role", claims: null, accessToken: null, clientAddress: null } as const;

function broken() {
  const state = { answer: async (): Promise<unknown> => null, asked: 0, isThere: true, events: [] as string[] };
  const database = {
    call: () => {
      state.asked += 1;
      return state.answer();
    },
    isReady: async () => state.isThere,
  } as unknown as Database;
  const guarded = withCircuitBreaker(database, {
    onOpen: () => state.events.push("away"),
    onClose: () => state.events.push("back"),
  });
  const call = () =>
    guarded.call("me", {}, caller).then(
      () => "answered",
      (error: DatabaseError) => error.sqlState,
    );
  return { state, call, isReady: () => guarded.isReady() };
}

function withResolvers() {
  let resolve: (value: unknown) => void = () => undefined;
  const promise = new Promise<unknown>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const away = async () => Promise.reject(new DatabaseError("08006", "away"));

describe("calls to a database that is away", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fail at once after five in a row, and one a second asks", async () => {
    const { state, call } = broken();
    state.answer = away;
    for (let calls = 0; calls < 50; calls++) expect(await call()).toBe("08006");
    expect([state.asked, state.events]).toEqual([5, ["away"]]);
    vi.advanceTimersByTime(1_001);
    for (let calls = 0; calls < 50; calls++) await call();
    expect(state.asked).toBe(6);
  });

  it("go on as soon as the server says that it is ready, and not before", async () => {
    const { state, call, isReady } = broken();
    state.answer = away;
    for (let calls = 0; calls < 5; calls++) await call();
    state.answer = async () => null;
    expect(await isReady()).toBe(false);
    expect(await call()).toBe("08006");
    state.isThere = false;
    vi.advanceTimersByTime(1_001);
    expect(await isReady()).toBe(false);
    state.isThere = true;
    expect(await isReady()).toBe(true);
    expect(await call()).toBe("answered");
    expect(state.events).toEqual(["away", "back"]);
  });

  it("do not wait for the one that asks, however long it takes", async () => {
    const { state, call } = broken();
    state.answer = away;
    for (let calls = 0; calls < 5; calls++) await call();
    vi.advanceTimersByTime(1_001);
    const { promise, resolve } = withResolvers();
    state.answer = () => promise;
    const asking = call();
    expect(await call()).toBe("08006");
    resolve(null);
    expect(await asking).toBe("answered");
    state.answer = async () => null;
    expect(await call()).toBe("answered");
    expect(state.events).toEqual(["away", "back"]);
  });

  it("are in a row only where the database answered none between them, be it with an error", async () => {
    const { state, call } = broken();
    for (let calls = 0; calls < 20; calls++) {
      state.answer = calls % 2 === 0 ? away : async () => Promise.reject(new DatabaseError("CR404", "Not found."));
      await call();
    }
    expect([state.asked, state.events]).toEqual([20, []]);
  });

  it("are not those that the database answers with an error", async () => {
    const { state, call } = broken();
    state.answer = async () => Promise.reject(new DatabaseError("CR401", "Sign in first."));
    for (let calls = 0; calls < 20; calls++) expect(await call()).toBe("CR401");
    expect([state.asked, state.events]).toEqual([20, []]);
  });

  it("are not those that got no connection of our own pool, which say neither that it is away nor that it is back", async () => {
    const { state, call } = broken();
    const busy = async () => Promise.reject(new DatabaseError("53300", "No connection is free."));
    state.answer = busy;
    for (let calls = 0; calls < 20; calls++) expect(await call()).toBe("53300");
    expect([state.asked, state.events]).toEqual([20, []]);
    for (let calls = 0; calls < 9; calls++) {
      state.answer = calls % 2 === 0 ? away : busy;
      await call();
    }
    expect(state.events).toEqual(["away"]);
    vi.advanceTimersByTime(1_001);
    state.answer = busy;
    expect(await call()).toBe("53300");
    expect(await call()).toBe("08006");
    expect(state.events).not.toContain("back");
  });
});
