import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.js";

/** Queries of a few kilobytes that would be answered with far more than was asked for. */
describe("costly queries", () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
    token = (await server.signIn()).token;
  });
  afterAll(() => server.close());

  const aliased = (count: number, field: string) =>
    Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(" ");
  const answerTo = async (query: string) => {
    const { status, code, errors } = await server.graphql(query, {}, { token });
    return [status, code, errors[0]?.message];
  };
  const fine = [200, null, undefined];
  const refused = (message: string) => [400, "BAD_USER_INPUT", message];
  const tooManyFields = refused("A request may have 2000 fields below the top.");

  it("may have 2,000 fields below the top, in fragments and introspection too", async () => {
    expect(await answerTo(`{ me { ${aliased(2000, "id")} } }`)).toEqual(fine);
    expect(await answerTo(`{ me { ${aliased(2001, "id")} } }`)).toEqual(tooManyFields);
    const fragment = `fragment F on User { ${aliased(50, "id")} }`;
    expect(await answerTo(`{ ${aliased(41, "me { ...F }")} } ${fragment}`)).toEqual(tooManyFields);
    expect(await answerTo(`{ __schema { ${aliased(700, "types { fields { name } }")} } }`)).toEqual(tooManyFields);
    expect(await answerTo(getIntrospectionQuery())).toEqual(fine);
  });

  it("may ask for 50 lists with arguments below the top", async () => {
    const pages = (count: number) =>
      `{ conversations { nodes { ${aliased(count, "messages(first: 1) { nodes { id } }")} } } }`;
    expect(await answerTo(pages(50))).toEqual(fine);
    expect(await answerTo(pages(51))).toEqual(refused("A request may have 50 lists with arguments below the top."));
    expect(await answerTo(`{ ${aliased(100, "me { id }")} ${pages(51).slice(1)}`)).toEqual(
      refused("A request may have 50 lists with arguments below the top."),
    );
  });

  it("may not double with each fragment, nor hold more than 100", async () => {
    const fragments = Array.from({ length: 90 }, (_, n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`);
    const query = `{ me { ...F0 } } ${fragments.join(" ")} fragment F90 on User { id }`;
    expect(await answerTo(query)).toEqual(tooManyFields);
    const many = `{ me { id } } ${Array.from({ length: 100 }, (_, n) => `fragment F${n} on User { id }`).join(" ")}`;
    expect(await answerTo(many)).toEqual(refused("A request may hold 100 operations and fragments."));
  });

  it("takes little time to refuse or to answer, however fields clash", async () => {
    const clash = (count: number) => `{ ${"me { organizations { members { id } } } ".repeat(count)} }`;
    const fragments = (count: number) => {
      const numbers = [...Array(count).keys()];
      const spreads = numbers.map((n) => `...F${n}`).join(" ");
      return `{ me { ${spreads} } } ${numbers.map((n) => `fragment F${n} on User { id }`).join(" ")}`;
    };
    // Against a small request beside it, since machines differ: refused late, each of these cost hundreds of it.
    const cost = async (query: string, times: number) => {
      await server.graphql(query);
      const started = process.cpuUsage();
      for (let asked = 0; asked < times; asked++) await server.graphql(query);
      return process.cpuUsage(started).user / times;
    };
    const small = await cost("{ me { id } }", 50);
    for (const query of [clash(900), clash(200), `{ me { ${"id ".repeat(999)} } }`, fragments(90), fragments(800)])
      expect((await cost(query, 5)) / small).toBeLessThan(100);
  });
});
