import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ruledFields } from "../../../src/rules.js";
import { buildCloakroomSchema } from "../../../src/schema.js";
import { type Door, doorsOf, type Slot, slotsOf } from "./doors.js";
import { type Hostile, hostileValues } from "./hostile-values.js";
import { argumentsWith, bodyWithLiterals, bodyWithVariables } from "./requests.js";
import { type MisuseStage, startMisuseStage, type Who } from "./stage.js";
import { badLines, faultOf, fingerprints, inTurns } from "./traces.js";

interface Attempt {
  readonly what: string;
  readonly body: () => string | null;
  readonly who: Who;
  readonly mustRefuse: boolean;
}

let stage: MisuseStage;
let doors: Door[];
beforeAll(async () => {
  stage = await startMisuseStage();
  doors = doorsOf(await buildCloakroomSchema());
});
afterAll(() => stage?.close());

const othersInTurn = ["stranger", null, "nobody", null] as const;

/**
 * Each hostile value in each place of each door: by the owner through variables and written in the query, and by the
 * stranger and nobody in turns.
 */
function attempts(isRefused: boolean): Attempt[] {
  return doors.flatMap((door) =>
    slotsOf(door).flatMap((slot) =>
      hostileValues(slot)
        .filter((hostile) => hostile.isRefused === isRefused)
        .flatMap((hostile, index) => attemptsWith(door, slot, hostile, othersInTurn[index % 4] ?? null)),
    ),
  );
}

function attemptsWith(door: Door, { path }: Slot, { what, value, isRefused }: Hostile, other: Who | null): Attempt[] {
  const levels = isRefused ? 0 : 3;
  const args = () => argumentsWith(door, stage.honest, path, value);
  const named = (form: string) => `${door.name}(${path.join(".")}: ${what}) ${form}`;
  const through = (who: Who) => ({
    what: named(`as ${who}`),
    who,
    mustRefuse: isRefused,
    body: () => bodyWithVariables(door, args(), levels),
  });
  const written = {
    ...through("owner"),
    what: named("written out"),
    body: () => bodyWithLiterals(door, args(), levels),
  };
  // Size costs time, and meets every caller and every way of writing at the same door.
  if (what.startsWith("2 MiB")) return [path.length === 1 ? written : through("owner")];
  return [through("owner"), written, ...(other ? [through(other)] : [])];
}

async function faultsOf(tried: readonly Attempt[]): Promise<string[]> {
  const faults = await inTurns(tried, async ({ what, who, mustRefuse, body }) => {
    const text = body();
    const fault = text === null ? null : faultOf(await stage.send(text, who), mustRefuse);
    return fault && `${what}: ${fault}`;
  });
  return faults.filter((fault) => fault !== null);
}

describe("every argument of every operation", () => {
  it("is tried: no operation is left out", () => {
    const tried = new Set(doors.map(({ fields: [root] }) => root?.name));
    expect([...tried].sort()).toEqual(
      Object.keys({ ...ruledFields.Query, ...ruledFields.Mutation })
        .filter((name) => name !== "*")
        .sort(),
    );
    const below = doors.filter(({ fields }) => fields.length > 1).map(({ fields }) => fields.at(-1)?.name);
    expect(below).toEqual(expect.arrayContaining(["rows", "messages"]));
  });

  it("refuses what it cannot take in a code of the contract, tells nothing, and writes nothing", async () => {
    const before = await fingerprints(stage.server.admin);
    const all = attempts(true);
    expect(await faultsOf(all)).toEqual([]);
    expect(await fingerprints(stage.server.admin)).toEqual(before);
  }, 120_000);

  it("takes or refuses what is merely odd, and never breaks on it", async () => {
    const all = attempts(false);
    expect(await faultsOf(all)).toEqual([]);
  }, 120_000);

  it("leaves no canary and no failure in the log, and no mark on the prototype of all objects", () => {
    expect(badLines(stage.server.output())).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { isAdmin?: true }).isAdmin).toBeUndefined();
  });
});
