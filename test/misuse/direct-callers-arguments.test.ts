import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../support/database.js";
import { callIn, type DirectAccess, Json, type Signature } from "../support/direct-caller.js";
import {
  type DirectStage,
  everythingOf,
  openDirectStage,
  type Premises,
  representativeCalls,
} from "../support/direct-stage.js";

const argumentCanary = "canary-of-an-argument";
const ids = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, index) => of(index));
const unknownId = (index: number) => `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;

/** Values of a type that GraphQL would have kept out, or that nobody meant. */
function hostileValues(type: string, own: Premises, foreign: Premises): unknown[] {
  const foreignIds = Object.values({ ...foreign, ...foreign.columnIds }).filter(
    (value) => typeof value === "string" && value.length === 36,
  ) as string[];
  const texts = [
    "",
    " \t",
    argumentCanary,
    `${argumentCanary} `.repeat(100_000),
    "••••••••",
    "OWNER",
    "' or 1=1 --",
    "{}",
    "\u202e",
  ];
  const kinds: Record<string, unknown[]> = {
    uuid: [null, unknownId(1), ...foreignIds],
    "uuid[]": [
      null,
      [],
      [null, null],
      foreignIds,
      ids(1_001, unknownId),
      ids(100_000, unknownId),
      ids(100_000, () => own.tableId),
      `{{${own.tableId}},{${own.organizationId}}}`,
    ],
    text: [null, ...texts],
    boolean: [null, true, false],
    integer: [null, -1, 0, 501, 2 ** 31 - 1, -(2 ** 31)],
    bigint: [null, "-1", "9223372036854775807", "-9223372036854775808"],
    jsonb: [null, ...hostileJson(own)],
    "text[]": [
      null,
      ...texts.map((text) => [text]),
      [null],
      [],
      ids(101, (index) => `${argumentCanary}-${index}`),
      ids(100_000, unknownId),
      ids(100_000, () => argumentCanary),
      `{{${argumentCanary}},{a}}`,
      `[5:6]={${argumentCanary},a}`,
    ],
    "timestamp with time zone": [
      null,
      "infinity",
      "-infinity",
      "4713-01-01 00:00:00 BC",
      "0001-01-01 00:00:00 BC",
      "294276-12-31T23:59:59Z",
      "1970-01-01T00:00:00Z",
    ],
  };
  const values = kinds[type];
  if (!values) throw new Error(`There are no hostile values of type ${type}.`);
  return values;
}

const nested = (depth: number) => new Json(`${'{"a":['.repeat(depth)}"${argumentCanary}"${"]}".repeat(depth)}`);
/** Of every type where another is meant; as one of these stands under each key that some function knows. */
const wrongValues = [
  null,
  true,
  -1,
  1.5,
  1e30,
  "",
  argumentCanary,
  "infinity",
  "now",
  "2026-02-30T00:00:00Z",
  [],
  [[]],
  [1],
  {},
];
const knownKeys = [
  "value",
  "confidence",
  "source",
  "step",
  "answer",
  "name",
  "type",
  "sensitive",
  "unseal",
  "mask",
  "required",
  "options",
  "position",
  "label",
  "active",
  "limits",
  "requestsPerMinute",
  "tokensPerDay",
  "models",
];
/** What JSON can say and no reader in JavaScript or double precision can take. */
const unreadable = [new Json(`1${"0".repeat(400)}`), new Json("1e-400"), nested(60), asJson(ids(2_000, unknownId))];
const cursorKeys = ["actions", "actorId", "targetId", "since", "until", "at", "id", "sequence"];

function hostileJson(own: Premises): unknown[] {
  const cells = [own.secretId, ...Object.values(own.columnIds)].flatMap((id) =>
    [...wrongValues, ...unreadable].map((value) => ({ [id]: value })),
  );
  const objects = [
    ...[...knownKeys, ...cursorKeys].flatMap((key) => wrongValues.map((value) => ({ [key]: value }))),
    ...wrongValues.map((value) => ({ name: "a", type: value })),
    ...wrongValues.map((value) => ({ name: value, type: "SELECT", options: value })),
    ...wrongValues.map((value) => ({ at: "2026-01-01T00:00:00Z", id: value, sequence: value })),
    ...cells,
    { [argumentCanary]: argumentCanary },
  ];
  const huge = [
    ids(100_000, unknownId),
    ids(1_001, () => "{}").map(() => ({})),
    argumentCanary.repeat(100_000),
    new Json(`1${"0".repeat(100_000)}`),
    nested(1_000),
    Object.fromEntries(ids(20_000, unknownId).map((id) => [id, argumentCanary])),
  ];
  const scalars = [new Json("null"), true, 5, "text", '{"name": "text in a string"}', [], [[]], {}, [null], [5]];
  return [...scalars, ...huge, ...objects, ...objects.map((object) => [object])].map(asJson);
}

/** What is right but for one key. */
function spoiled(value: unknown): unknown[] {
  if (Array.isArray(value)) return spoiled(value[0]).map((first) => asJson([first]));
  if (typeof value !== "object" || value === null) return [];
  const wrong = [...knownKeys, ...Object.keys(value)].flatMap((key) => wrongValues.map((item) => [key, item] as const));
  const more = Object.keys(value).flatMap((key) => unreadable.map((item) => [key, item] as const));
  const inner = Object.entries(value).flatMap(([key, item]) => spoiled(item).map((within) => [key, within] as const));
  return [...wrong, ...more, ...inner].map(([key, item]) => asJson({ ...value, [key]: item }));
}

/** JSON of what JSON.stringify cannot say, inside what it can. */
function asJson(value: unknown): Json {
  if (value instanceof Json) return value;
  if (Array.isArray(value)) return new Json(`[${value.map((item) => asJson(item).text).join(",")}]`);
  if (typeof value !== "object" || value === null) return new Json(JSON.stringify(value));
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${asJson(item).text}`);
  return new Json(`{${fields.join(",")}}`);
}

/** whole_list answers for the function that it names; what it makes of a name or arguments by itself, it refuses without words. */
const ownRefusals = (fn: string) => (fn === "whole_list" ? /^(CR4|42883|42501|22)/ : /^CR4/);

describe("direct callers, who pass by GraphQL's checks of arguments", () => {
  let stage: DirectStage;
  let test: TestDatabase;
  let access: DirectAccess;
  let own: Premises;
  let foreign: Premises;
  let granted: readonly Signature[];
  beforeAll(async () => {
    stage = await openDirectStage();
    ({ test, access, own, foreign } = stage);
    granted = access.signatures.filter(({ isForUsers }) => isForUsers);
  });
  afterAll(() => stage?.close());

  /** One call, then undone; `foreign` is what its transaction left of the foreign organization. */
  async function attempt(fn: string, args: Record<string, unknown>) {
    return access.request(
      { claims: own.owner.caller.claims },
      async (client) => {
        await client.query("set local statement_timeout = '20s'");
        return callIn(client, access.signatures, fn, args).then(
          (answer) => ({ answer: JSON.stringify(answer ?? null), error: null }),
          (error: pg.DatabaseError) => ({ answer: "", error }),
        );
      },
      false,
    );
  }

  /** What is wrong with the outcome of a call, null where nothing is. */
  async function faultOf(fn: string, args: Record<string, unknown>): Promise<string | null> {
    const { answer, error } = await attempt(fn, args);
    if (error && !ownRefusals(fn).test(error.code ?? "")) return `refused with ${error.code} ${error.message}`;
    const said = error ? [error.message, error.detail, error.hint, error.where, error.internalQuery].join(" ") : "";
    const quoted = /canary-of-an-argument|own-canary|foreign-canary/.exec(said) ?? /foreign-canary/.exec(answer);
    if (quoted) return `tells ${quoted[0]}`;
    if (fn !== "reveal_cell" && answer.includes("sealed-")) return "tells what is sealed";
    return null;
  }

  const good = (fn: string) => representativeCalls(own)[fn] ?? {};
  const brief = (value: unknown) => `${value instanceof Json ? value.text : JSON.stringify(value)}`.slice(0, 60);

  it("are tried with every function that is theirs, each of which answers its own owner", async () => {
    expect(Object.keys(representativeCalls(own)).sort()).toEqual(granted.map(({ name }) => name));
    for (const [fn, args] of Object.entries(representativeCalls(own))) {
      // An owner whom others need stays.
      const error = fn === "delete_account" ? expect.objectContaining({ code: "CR403" }) : null;
      expect({ fn, error: (await attempt(fn, args)).error }).toEqual({ fn, error });
    }
  });

  it("get an answer or a refusal of ours for any argument, and neither quotes what was given or what is others'", async () => {
    const before = (await test.admin.query(everythingOf(foreign.organizationId))).rows;
    const faults: string[] = [];
    for (const { name, arguments: types } of granted)
      for (const [argument, type] of Object.entries(types))
        for (const value of [...hostileValues(type, own, foreign), ...spoiled(good(name)[argument])]) {
          const fault = await faultOf(name, { ...good(name), [argument]: value });
          if (fault) faults.push(`${name}(${argument} => ${brief(value)}) ${fault}`);
        }
    expect(faults).toEqual([]);
    expect((await test.admin.query(everythingOf(foreign.organizationId))).rows).toEqual(before);
  }, 300_000);

  it("get the same for null in every place, and for nothing where there are defaults", async () => {
    for (const { name, arguments: types } of granted) {
      const nulls = Object.fromEntries(Object.keys(types).map((argument) => [argument, null]));
      expect({ name, fault: await faultOf(name, nulls) }).toEqual({ name, fault: null });
    }
  });
});
