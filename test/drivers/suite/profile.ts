import { expect, it } from "vitest";
import type { Suite } from "../support/contract.js";
import type { Someone } from "../support/stage.js";

/** Keys as a driver would rename them, as it names things itself, and as JavaScript has them already. */
const awkward = JSON.parse(
  '{"snake_key":{"inner_key":[{"a_b":null}]},"camelKey":1,"user_traits":{"x_y":2},"":"","__proto__":{"p_q":3},"Ä ☃":[]}',
);

export const profile: Suite = (stage) => {
  const set = ({ caller }: Someone, input: object) => stage().call("set_trait", { input }, caller);
  const person = ({ caller }: Someone) => stage().call("person", {}, caller);
  const update = ({ caller }: Someone, changes: object) => stage().call("update_profile", { changes }, caller);

  it("changes a person's name to the character, clears it, and leaves it where it is left out", async () => {
    const someone = await stage().signIn();
    const named = await update(someone, { name: ' Zoë "Å" 🔐\n' });
    expect(named).toMatchObject({ id: someone.userId, name: 'Zoë "Å" 🔐' });
    expect(Object.keys(named).sort()).toEqual(["createdAt", "id", "name", "phone"]);
    expect(await update(someone, {})).toEqual(named);
    expect(await stage().call("me", {}, someone.caller)).toEqual(named);
    expect((await update(someone, { name: null })).name).toBeNull();
  });

  it.each(["", " \t\n", "n".repeat(201)])("refuses the name %j by its field", async (name) => {
    const refused = update(stage().owner, { name });
    expect(await stage().refusal(refused)).toMatchObject({ sqlState: "CR422", detail: "input.name" });
    expect((await stage().call("me", {}, stage().owner.caller)).name).toBe("Olga Owner");
  });

  it("knows nothing of a person who said nothing", async () => {
    expect(await person(await stage().signIn())).toEqual({ userTraits: [], traitProfile: null, onboarding: null });
  });

  it.each([
    [awkward],
    [[awkward, [], {}, null]],
    [[]],
    [{}],
    [""],
    ["null"],
    ['{"a_b":1}'],
    ['Ünï ☃ 🔐 "q" \\u0041 \u202e\t'],
    [0],
    [-1.5e-7],
    [1e21],
    [Number.MAX_SAFE_INTEGER],
    [true],
    [false],
    [{ value: { created_at: 1 }, values: [{ trait_profile: 1 }] }],
  ])("keeps the trait %j untouched, wherever it is read", async (value) => {
    const someone = await stage().signIn();
    const trait = await set(someone, { name: "favourite_thing", value });
    expect(trait.value).toStrictEqual(value);
    expect(Object.keys(trait).sort()).toEqual(["confidence", "id", "name", "source", "updatedAt", "value"]);
    const { userTraits, traitProfile } = await person(someone);
    expect(userTraits).toStrictEqual([trait]);
    expect(traitProfile).toStrictEqual({
      summary: null,
      traits: { favourite_thing: value },
      updatedAt: trait.updatedAt,
    });
  });

  it("keeps traits under their names, by creation, each in the place of one of its name", async () => {
    const someone = await stage().signIn();
    const names = ["snake_name", "values", "Ä☃", "__proto__", "camelName"];
    for (const [n, name] of names.entries()) await set(someone, { name, value: n });
    const again = await set(someone, { name: " Ä☃\n", value: { a_b: 1 }, confidence: 0.1, source: "a_model" });
    expect(again).toMatchObject({ name: "Ä☃", confidence: 0.1, source: "a_model" });
    const { userTraits, traitProfile } = await person(someone);
    expect(userTraits.map(({ name, value }) => [name, value])).toEqual([
      ["snake_name", 0],
      ["values", 1],
      ["Ä☃", { a_b: 1 }],
      ["__proto__", 3],
      ["camelName", 4],
    ]);
    expect(userTraits[2]).toEqual(again);
    expect(Object.keys(traitProfile?.traits as object).sort()).toEqual([...names].sort());
  });

  it("takes a trait for certain, and as said by the person, where nothing else is said", async () => {
    const someone = await stage().signIn();
    const certain = await set(someone, { name: "a", value: 1, confidence: null, source: null });
    expect(certain).toMatchObject({ confidence: 1, source: "user" });
    expect(await set(someone, { name: "a", value: 1 })).toEqual(certain);
    expect((await set(someone, { name: "a", value: 1, confidence: 0 })).confidence).toBe(0);
    expect((await set(someone, { name: "a", value: 1, confidence: 1 / 3 })).confidence).toBe(1 / 3);
  });

  it.each([
    [{ name: " " }, "input.name"],
    [{ name: null }, "input.name"],
    [{ name: "n".repeat(201) }, "input.name"],
    [{ value: null }, "input.value"],
    [{ value: undefined }, "input.value"],
    [{ value: "canary".repeat(3000) }, "input.value"],
    [{ confidence: 1.01 }, "input.confidence"],
    [{ confidence: -0.01 }, "input.confidence"],
    [{ confidence: "canary" }, "input.confidence"],
    [{ source: "" }, "input.source"],
    [{ source: "s".repeat(201) }, "input.source"],
  ])("refuses the trait of case %# by its field, and keeps nothing of it", async (changed, field) => {
    const someone = await stage().signIn();
    const refusal = await stage().refusal(set(someone, { name: "a", value: 1, ...changed }));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: field });
    expect(refusal.message).not.toContain("canary");
    expect((await person(someone)).userTraits).toEqual([]);
  });

  it.each(["\u0000", "a\ud800", { "k\u0000": 1 }])("refuses the trait %j, which cannot be stored", async (value) => {
    const refusal = await stage().refusal(set(stage().owner, { name: "a", value }));
    expect(refusal.sqlState).toBe("CR422");
  });

  it("refuses one trait too many, and still takes another value for one of the 200", async () => {
    const someone = await stage().signIn();
    const { database } = stage().driver;
    for (let n = 0; n < 200; n++)
      await database.call("set_trait", { input: { name: `trait_${n}`, value: n } }, someone.caller);
    const refusal = await stage().refusal(set(someone, { name: "one more", value: 1 }));
    expect(refusal).toMatchObject({ sqlState: "CR422", detail: "input.name" });
    expect((await set(someone, { name: "trait_0", value: "new" })).value).toBe("new");
    expect((await person(someone)).userTraits).toHaveLength(200);
  });

  it("keeps one trait of twenty of one name that come at once", async () => {
    const someone = await stage().signIn();
    const { database } = stage().driver;
    const given = Array.from({ length: 20 }, (_, value) => ({ input: { name: "at_once", value } }));
    const set20 = await Promise.all(given.map((args) => database.call("set_trait", args, someone.caller)));
    expect(set20.map(({ value }) => value)).toEqual(given.map(({ input }) => input.value));
    expect((await database.call("person", {}, someone.caller)).userTraits).toHaveLength(1);
  });

  it("shows a person's traits to nobody else, and takes none without a session", async () => {
    const { gone, stranger } = stage();
    const someone = await stage().signIn();
    await set(someone, { name: "own", value: 1 });
    expect((await person(stranger)).userTraits).toEqual([]);
    for (const ask of [
      () => person(gone),
      () => set(gone, { name: "a", value: 1 }),
      () => set(gone, { name: "", value: null }),
      () => update(gone, { name: "a" }),
    ])
      expect(await stage().refusal(ask())).toEqual({ sqlState: "CR401", message: "Sign in first.", detail: null });
  });
};
