import { type GraphQLInputType, getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";
import type { Slot } from "./doors.js";
import { Verbatim } from "./requests.js";

/** Stands in every hostile text: no error and no log line may hold it. */
export const canary = "canary4e8c1f";

export interface Hostile {
  readonly what: string;
  readonly value: unknown;
  /** Whether no server may take it. Otherwise it is odd, and some place may. */
  readonly isRefused: boolean;
}

const refused = (values: Record<string, unknown>): Hostile[] =>
  Object.entries(values).map(([what, value]) => ({ what, value, isRefused: true }));
const odd = (values: Record<string, unknown>): Hostile[] =>
  Object.entries(values).map(([what, value]) => ({ what, value, isRefused: false }));

/** A key that JavaScript would take for the prototype stays a key in parsed JSON. */
const polluting = (key: string) => JSON.parse(`{"${key}": {"${canary}": 1, "isAdmin": true}}`) as object;

function nested(depth: number): unknown {
  let value: unknown = canary;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return { a: value };
}

const megabytes = canary.repeat(2 ** 18).slice(0, 2 ** 21);
const broken = {
  NUL: `${canary}\0`,
  "a lone surrogate": `${canary}\ud800`,
  "a lone low surrogate": `\udc00${canary}`,
  "2 MiB": megabytes,
};
const oddTexts = {
  nothing: "",
  blanks: " \t\n ",
  "a quote": `${canary}' or '1'='1`,
  "a statement": `${canary}'); drop table cloakroom.users; --`,
  "an identifier": `${canary}"; select * from vault.secrets; --`,
  "dollar quotes": `$$${canary}$$ $1 $${canary}$`,
  "formats and templates": `%s %I %n \${7*7} {{${canary}}}`,
  "a path": `../../etc/passwd%00${canary}`,
  markup: `<script>${canary}</script>`,
  "a prototype": "__proto__",
  "controls and noncharacters": `\u0001\u001b[31m\u200b\u202e\ufffe\uffff${canary}`,
  escapes: `\\u0000 \\ud800 \\x00 ${canary}\\`,
  "an odd emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "5,000 characters": canary.repeat(420).slice(0, 5000),
};
const otherShapes = { "an object": { [canary]: canary }, "true where no boolean is": true };

const bigNumbers = { "1e400": new Verbatim("1e400"), "400 digits": new Verbatim("9".repeat(400)) };

const byType: Readonly<Record<string, () => Hostile[]>> = {
  String: () => [
    ...refused({ ...broken, ...otherShapes, "a number": 12345, "a list of two": [canary, canary] }),
    ...odd(oddTexts),
  ],
  ID: () => [
    ...refused({ ...broken, ...otherShapes, "a fraction": 1.5, "a list of two": [canary, canary] }),
    ...odd({ ...oddTexts, "a number": 12345 }),
  ],
  Int: () => [
    ...refused({
      ...otherShapes,
      ...bigNumbers,
      text: canary,
      digits: "1",
      "a fraction": 1.5,
      "2^31": 2 ** 31,
      "-2^31-1": -(2 ** 31) - 1,
    }),
    ...odd({ "a negative": -1, zero: 0, most: 2 ** 31 - 1, least: -(2 ** 31) }),
  ],
  Float: () => [
    ...refused({ ...otherShapes, ...bigNumbers, text: canary, digits: "1" }),
    ...odd({ "a negative": -1, "1e308": 1e308, "-1e308": -1e308, "5e-324": 5e-324, "2^63": 2 ** 63 }),
  ],
  Boolean: () =>
    refused({ text: canary, "true in text": "true", "a number": 1, "an object": {}, "1e400": new Verbatim("1e400") }),
  DateTime: () => [
    ...refused({
      ...broken,
      ...otherShapes,
      nothing: "",
      infinity: "infinity",
      now: "now",
      "a number": 1_760_000_000,
      "year 0": "0000-01-01T00:00:00Z",
      "five digits of year": "10000-01-01T00:00:00Z",
      "30 February": "2026-02-30T00:00:00Z",
      "hour 24": "2026-01-01T24:00:00Z",
      "no offset": "2026-01-01T00:00:00",
      "an offset of 24 hours": "2026-01-01T00:00:00+24:00",
      "a statement": `2026-01-01T00:00:00Z'; ${canary}`,
    }),
    ...odd({
      "the first moment": "0001-01-01T00:00:00Z",
      "before the first": "0001-01-01T00:00:00+23:59",
      "the last moment": "9999-12-31T23:59:59.999999999Z",
      "after the last": "9999-12-31T23:59:59-23:59",
      "an offset of 16 hours": "2026-01-01T00:00:00+16:00",
    }),
  ],
  JSON: () => [...refused(brokenJson), ...odd({ ...oddJson, text: canary, number: 5e-324 })],
  JSONObject: () => [
    ...refused({ ...brokenJson, text: canary, number: 1, true: true, "a list": [[1]] }),
    ...odd(oddJson),
  ],
};

const brokenJson = {
  ...broken,
  "NUL in a value": { a: broken.NUL },
  "NUL in a key": { [broken.NUL]: 1 },
  "a lone surrogate in a value": { a: [broken["a lone surrogate"]] },
  "a lone surrogate in a key": { a: { [broken["a lone surrogate"]]: 1 } },
  "2 MiB in a value": { a: megabytes },
  "2 MiB in a key": { [megabytes]: 1 },
  "1e400 in a value": { a: new Verbatim("1e400") },
  "too deep": nested(60),
};
const oddJson = {
  "no key": {},
  "an empty key": { "": canary },
  "a prototype key": polluting("__proto__"),
  "a constructor key": polluting("constructor"),
  "an inherited key": { toString: canary, hasOwnProperty: canary },
  "a statement for a key": { [`${canary}'; drop table cloakroom.rows; --`]: 1 },
  "1,000 keys": Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${canary}${index}`, index])),
};

/** Everything hostile for one slot. A list is tried as a whole here; what stands in it has slots of its own. */
export function hostileValues({ path, type }: Slot): Hostile[] {
  const required = isNonNullType(type) ? refused({ null: null }) : [];
  const bare: GraphQLInputType = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) return [...required, ...hostileLists(bare.ofType)];
  if (isInputObjectType(bare)) return [...required, ...hostileObjects];
  const named = getNamedType(bare);
  if (isEnumType(named)) return [...required, ...hostileNames(named.getValues()[0]?.name ?? "")];
  const values = byType[named.name];
  if (!values) throw new Error(`Say in hostile-values.ts what is hostile for a ${named.name}.`);
  const cursors = path.at(-1) === "after" ? hostileCursors : [];
  const pages = path.at(-1) === "first" ? refused({ "no page": 0, "a negative page": -1, "501 a page": 501 }) : [];
  return [...required, ...values(), ...cursors, ...pages];
}

function hostileLists(item: GraphQLInputType): Hostile[] {
  const named = getNamedType(item).name;
  const many = named === "JSONObject" ? 1001 : 10_000;
  const items: Record<string, (index: number) => unknown> = {
    ID: (index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    String: (index) => `${canary}${index}`,
    JSONObject: () => ({}),
  };
  const one = items[named];
  return [
    ...refused({ "an object": { 0: canary }, "a number too far": [[[1]]] }),
    ...(isNonNullType(item) ? refused({ "a list of null": [null] }) : []),
    ...odd({
      "an empty list": [],
      ...(one && { [`${many} items`]: Array.from({ length: many }, (_, index) => one(index)) }),
    }),
  ];
}

const hostileObjects = refused({
  text: canary,
  number: 1,
  list: [[canary]],
  "an unknown field": { [canary]: canary },
  "a prototype": polluting("__proto__"),
  "a constructor": polluting("constructor"),
  "a field of SQL": { [`${canary}'; drop table`]: 1 },
  "an inherited field": { toString: canary },
});

const hostileNames = (real: string) =>
  refused({
    nothing: "",
    "an unknown name": canary,
    "another case": real.toLowerCase() === real ? real.toUpperCase() : real.toLowerCase(),
    "a prototype": "__proto__",
    "a constructor": "constructor",
    "a statement": `${real}'; ${canary}`,
    NUL: `${real}\0`,
    number: 0,
    list: [[real]],
    object: { [canary]: real },
  });

const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const uuid = "00000000-0000-4000-8000-000000000000";
const hostileCursors = [
  ...refused({
    "a cursor of nothing": cursor([]),
    "a cursor of null": cursor(null),
    "a cursor of too much": cursor([1, 2, 3, 4]),
    "a cursor of text": cursor([canary]),
    "a cursor of a fraction": cursor([1.5]),
    "a cursor below zero": cursor([-1]),
    "a cursor of 1e400": Buffer.from("[1e400]").toString("base64url"),
    "a cursor of an object": cursor({ length: 1, 0: 1 }),
    "a cursor of half JSON": Buffer.from(`["${canary}`).toString("base64url"),
    "a cursor of a list": cursor([[1]]),
    "a cursor of the 30th of February": cursor(["2026-02-30T00:00:00Z", uuid]),
    "a cursor of year 0": cursor(["0000-01-01T00:00:00Z", uuid]),
    "a cursor of infinity": cursor(["infinity", uuid]),
    "a cursor of no uuid": cursor(["2026-01-01T00:00:00Z", canary]),
  }),
  ...odd({
    "a cursor of 2^53": cursor([2 ** 53 - 1]),
    "a cursor far off": cursor(["2026-01-01T00:00:00+23:59", uuid]),
    "a cursor after the last moment": cursor(["9999-12-31T23:59:59-23:59", uuid]),
    "a cursor of hour 24": cursor(["2026-01-01T24:00:00Z", uuid]),
    "a cursor of a message": cursor(["2026-01-01T00:00:00+16:00", 2 ** 53 - 1]),
  }),
];
