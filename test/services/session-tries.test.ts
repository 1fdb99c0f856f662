import { describe, expect, it } from "vitest";
import { serverCaller } from "../../src/database/server-caller.js";
import { createSessionTries, type Found } from "../../src/services/session-tries.js";

function counted() {
  const noted: string[] = [];
  const tries = createSessionTries({ note: (kind) => void noted.push(kind) });
  const call = (hash: string, what: Found | null, address = "192.0.2.1") =>
    tries
      .count(serverCaller(address), hash, async (found) => {
        if (what === null) throw new Error("away");
        found(what);
        return what;
      })
      .catch((error: Error & { code?: string }) => error.code ?? error.message);
  const many = async (count: number, what: Found | null, name = "s") => {
    const answers = new Set<string>();
    for (let n = 0; n < count; n++) answers.add(await call(`${name}${n}`, what));
    return [...answers];
  };
  return { call, many, noted };
}

describe("tries of thread sessions", () => {
  it("are sixty a network, counted and limited, and none where something stands", async () => {
    const { call, many, noted } = counted();
    expect(await many(200, "something", "stands")).toEqual(["something"]);
    expect(await many(61, "nothing")).toEqual(["nothing", "RATE_LIMITED"]);
    expect(noted).toHaveLength(60);
    expect(await call("another", "nothing", "192.0.2.2")).toBe("nothing");
  });

  it("that come to nothing since the database is away cost nothing; those that are kept meanwhile do, unnoted", async () => {
    const { many, noted } = counted();
    expect(await many(200, null)).toEqual(["away"]);
    expect(await many(61, "unsaid")).toEqual(["unsaid", "RATE_LIMITED"]);
    expect(noted).toEqual([]);
  });
});
