import { describe, expect, it } from "vitest";
import { type Database, DatabaseError } from "../../../src/database/port.js";
import { openProviderKeyUse } from "../../../src/services/provider-key-use.js";
import { somebody } from "../../support/chat-service.js";

const notUsable = new DatabaseError("CR409", "This provider key is deactivated.");
const notThere = new DatabaseError("CR404", "Not found.");
const overLimit = new DatabaseError("CR429", "The limit is reached.", "7");

/** Two keys to choose from; taking the chosen one ends as listed, one after the other, and then well. */
async function take(ends: readonly (Error | null)[], named: { providerKeyId?: string; provider?: string } = {}) {
  const rest = [...ends];
  const asked: (string | null)[] = [];
  const database = {
    async call(_name: string, { providerKeyId, provider }: { providerKeyId: string | null; provider: string | null }) {
      asked.push(providerKeyId);
      const isChoosing = providerKeyId === null && provider === null;
      const choices = ["openai", "house"].map((name) => ({
        id: `${name}-${asked.length}`,
        provider: name,
        models: null,
      }));
      if (isChoosing) return { choices };
      const end = rest.shift();
      if (end) throw end;
      return { useId: "use-1", provider: "openai", apiKey: "sk-canary-0123456789", baseUrl: null, choices: null };
    },
  } as unknown as Database;
  const wanted = { providerKeyId: null, provider: null, model: "openai/gpt-test", tokensReserved: 1, ...named };
  const use = openProviderKeyUse(database, () => undefined, somebody, wanted);
  return {
    asked,
    model: await use.then(
      ({ model }) => model,
      ({ sqlState }) => sqlState,
    ),
  };
}

describe("a key that the server chose, and that goes away before it is taken,", () => {
  it.each([
    ["deactivated or rotated", notUsable],
    ["deleted", notThere],
  ])("is chosen anew (%s)", async (_, gone) => {
    expect(await take([gone, null])).toEqual({ asked: [null, "openai-1", null, "openai-3"], model: "gpt-test" });
  });

  it("is chosen three times at most", async () => {
    const { asked, model } = await take(Array(9).fill(notUsable));
    expect(model).toBe("CR409");
    expect(asked).toHaveLength(6);
  });

  it("is chosen once where something else is the matter", async () => {
    expect(await take([overLimit, null])).toEqual({ asked: [null, "openai-1"], model: "CR429" });
  });
});

describe("a key that the caller named", () => {
  it.each([{ providerKeyId: "mine" }, { provider: "openai" }])("is the only one that is tried: %j", async (named) => {
    for (const gone of [notUsable, notThere])
      expect(await take([gone, null], named)).toEqual({
        asked: [named.providerKeyId ?? null],
        model: gone.sqlState,
      });
  });
});
