import { parse } from "graphql";
import { expect, it } from "vitest";
import { createDocumentStore } from "../../src/http/document-store.js";

async function keeps(query: string): Promise<boolean> {
  const store = createDocumentStore();
  await store.set("key", parse(query));
  return (await store.get("key")) !== undefined;
}

it("keeps documents whose values come through variables", async () => {
  expect(await keeps("query($id: ID!) { table(id: $id) { rows(first: 50) { nodes { values } } } }")).toBe(true);
  expect(await keeps("mutation($i: I!) { add(input: $i, really: true, role: ADMIN) { id @include(if: true) } }")).toBe(
    true,
  );
});

it("keeps none in which a value was written, however it was written", async () => {
  for (const value of ['"secret"', '"""secret"""', "{ key: 5150155 }", "[1.5]", '{ a: [{ b: "secret" }] }'])
    expect(await keeps(`mutation { add(input: ${value}) { id } }`), value).toBe(false);
  expect(await keeps('query($a: String = "secret") { echo(text: $a) }')).toBe(false);
  expect(await keeps('{ a @include(if: true, why: "secret") }')).toBe(false);
  expect(await keeps("{ a } # the key is sk-secret")).toBe(false);
});

it("forgets the least recently used when it is full, and never takes one that is too long", async () => {
  const store = createDocumentStore();
  const document = parse(`{ ${"field ".repeat(2_000)} }`);
  for (let index = 0; index < 30; index++) {
    await store.set(`key ${index}`, document);
    await store.get("key 0");
  }
  const kept = await Promise.all(Array.from({ length: 30 }, (_, index) => store.get(`key ${index}`)));
  expect(kept[0]).toBeDefined();
  expect(kept[1]).toBeUndefined();
  expect(kept[29]).toBeDefined();
  expect(kept.filter(Boolean).length).toBeLessThanOrEqual(22);
  expect(await keeps(`{ ${"field ".repeat(3_000)} }`)).toBe(false);
});
