import { getNamedType, isNonNullType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCloakroomSchema } from "../../../src/schema.js";
import { type Door, doorsOf, type Slot, slotsOf } from "./doors.js";
import { argumentsWith, bodyWithVariables } from "./requests.js";
import { kindOfId, type MisuseStage, startMisuseStage, type Who } from "./stage.js";
import { badLines, faultOf, fingerprints, inTurns } from "./traces.js";

const unknown = "00000000-0000-4000-8000-000000000000";

/** Ids that name nothing of ours, for which every text will do: one that finds nothing finds nothing. */
const freeIds = [
  "Query.auditEvents(filter.actorId)",
  "Query.auditEvents(filter.targetId)",
  "Mutation.ingestMessage(input.messageId)",
];

let stage: MisuseStage;
let doors: Door[];
let places: { door: Door; slot: Slot; name: string }[];
beforeAll(async () => {
  stage = await startMisuseStage();
  doors = doorsOf(await buildCloakroomSchema());
  places = doors.flatMap((door) =>
    slotsOf(door)
      .filter(({ type }) => getNamedType(type).name === "ID" && !isList(type))
      .map((slot) => ({ door, slot, name: `${door.name}(${slot.path.join(".")})` })),
  );
});
afterAll(() => stage?.close());

const isList = (type: Slot["type"]) => String(type).startsWith("[");

const errorsFor = async ({ door, slot }: { door: Door; slot: Slot }, value: unknown, who: Who = "owner") => {
  const answer = await stage.send(bodyWithVariables(door, argumentsWith(door, stage.honest, slot.path, value)), who);
  return { fault: faultOf(answer, true), errors: JSON.stringify(answer.errors), code: answer.code };
};

/** Ids of real objects that this place must not take: all that are another's, and one's own of every other kind. */
function wrongIds(door: Door, slot: Slot): Record<string, string> {
  const right = kindOfId(stage.own, door, String(slot.path.filter((part) => typeof part === "string").at(-1)));
  const own = Object.entries(stage.own).filter(([kind]) => kind !== right);
  return Object.fromEntries([
    ...own.map(([kind, id]) => [`the id of an own ${kind}`, id]),
    ...Object.entries(stage.foreign).map(([kind, id]) => [`the id of a foreign ${kind}`, id]),
  ]);
}

/** What ends things comes last, from the innermost on: 0 for all else. */
const kindsOfEnds = [
  "row",
  "column",
  "table",
  "providerKey",
  "webhookEndpoint",
  "integration",
  "member",
  "organization",
  "session",
];
function endOf(door: Door): number {
  if (door.name === "Mutation.deleteAccount") return kindsOfEnds.length + 1;
  if (!/^(delete|remove|revokeSession|disconnect)/.test(door.fields[0]?.name ?? "")) return 0;
  return 1 + kindsOfEnds.indexOf(kindOfId(stage.own, door, "id") ?? "");
}

describe("every id of every operation", () => {
  it("is NOT_FOUND in the same words, whether it is unknown, malformed, of another kind or another's, and writes nothing", async () => {
    const before = await fingerprints(stage.server.admin);
    const bound = places.filter(({ name }) => !freeIds.includes(name));
    expect(bound.length).toBeGreaterThan(25);
    const faults = await inTurns(bound, async ({ door, slot, name }) => {
      const expected = await errorsFor({ door, slot }, unknown);
      if (expected.code !== "NOT_FOUND") return [`${name}: an unknown id is ${expected.fault ?? expected.code}`];
      const wrong = {
        ...wrongIds(door, slot),
        malformed: "no-uuid",
        "in braces": `{${unknown}}`,
        blank: "",
        path: "../1",
      };
      const answers = await inTurns(
        Object.entries(wrong),
        async ([what, id]) => ({ what, ...(await errorsFor({ door, slot }, id)) }),
        2,
      );
      return answers
        .filter(({ errors }) => errors !== expected.errors)
        .map(({ what, fault, errors }) => `${name}: ${what} is ${fault ?? errors}`);
    });
    expect(faults.flat()).toEqual([]);
    expect(await fingerprints(stage.server.admin)).toEqual(before);
  });

  it("keeps what is honest for its owner from a stranger, who gets NOT_FOUND, and from nobody, who is asked to sign in", async () => {
    const before = await fingerprints(stage.server.admin);
    const guarded = places
      .filter(({ slot, name }) => isNonNullType(slot.type) && !freeIds.includes(name))
      .map(({ door }) => door);
    const faults = await inTurns([...new Set(guarded)], async (door) => {
      const body = bodyWithVariables(door, argumentsWith(door, stage.honest));
      const codes = await Promise.all(
        (["stranger", "nobody"] as const).map(async (who) => (await stage.send(body, who)).code),
      );
      return codes.join() === "NOT_FOUND,UNAUTHENTICATED" ? [] : [`${door.name}: ${codes}`];
    });
    expect(faults.flat()).toEqual([]);
    expect(await fingerprints(stage.server.admin)).toEqual(before);
  });

  it("is taken all or none: one foreign id in a list of own ones refuses the list", async () => {
    const before = await fingerprints(stage.server.admin);
    const lists = doors.flatMap((door) =>
      slotsOf(door)
        .filter(({ type }) => /^\[ID/.test(String(type)))
        .map((slot) => ({ door, slot })),
    );
    expect(lists).not.toEqual([]);
    for (const { door, slot } of lists) {
      const kind = kindOfId(stage.own, door, String(slot.path.at(-1))) ?? "";
      for (const other of [stage.foreign[kind], unknown, "no-uuid"])
        for (const ids of [
          [stage.own[kind], other],
          [other, stage.own[kind]],
        ])
          expect((await errorsFor({ door, slot }, ids)).code, door.name).toBe("NOT_FOUND");
    }
    expect(await fingerprints(stage.server.admin)).toEqual(before);
  });

  it("leaves no failure in the log", () => {
    expect(badLines(stage.server.output())).toEqual([]);
  });

  it("is refused for its own sake: with honest ids the same requests are answered", async () => {
    const unanswered: string[] = [];
    for (const door of [...doors].sort((a, b) => endOf(a) - endOf(b))) {
      const { code } = await stage.send(bodyWithVariables(door, argumentsWith(door, stage.honest), 2), "owner");
      if (code !== null) unanswered.push(`${door.name}: ${code}`);
    }
    expect(unanswered).toEqual([
      "Mutation.confirmVerification: INVALID_CODE",
      "Mutation.refreshSession: UNAUTHENTICATED",
      // The session has ended by then.
      "Mutation.deleteAccount: UNAUTHENTICATED",
    ]);
  });
});
