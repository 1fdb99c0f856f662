import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/database/port.js";
import { createPostgresDatabase } from "../../src/database/postgres.js";
import { type Person, startTestServer, type TestServer } from "../support/server.js";
import { standardHeaders, webhooksOf } from "../support/webhooks.js";

const tooMuch = "This is more than 64 MiB at once: ask for less.";
const megabyte = "x".repeat(1_000_000);

/** Queries of a few kilobytes whose answer, put together, would be hundreds of megabytes. */
describe("large answers", () => {
  let server: TestServer;
  let person: Person;
  let bystander: Person;
  let endpointId: string;
  let tableId: string;
  let longTableId: string;
  const calls = { atOnce: 0, most: 0, pages: 0, pagesAtOnce: 0, mostPages: 0 };

  beforeAll(async () => {
    server = await startTestServer(
      {},
      {
        reach: async (test) => counting(createPostgresDatabase({ ...test, poolSize: 10, log: () => undefined }), calls),
      },
    );
    [person, bystander] = [await server.signIn(), await server.signIn()];
    ({ endpointId, tableId, longTableId } = await fill(server, person));
  });
  afterAll(() => server.close());

  const aliased = (count: number, field: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(" ");
  const ask = async (query: string) => {
    Object.assign(calls, { most: 0, pages: 0, mostPages: 0 });
    const { status, code, errors, text } = await server.graphql(
      `query($endpoint: ID!, $table: ID!) { ${query} table(id: $table) { id } webhookEndpoint(id: $endpoint) { id } }`,
      { endpoint: endpointId, table: tableId },
      { token: person.token },
    );
    expect(text.length).toBeLessThan(70_000_000);
    return [status, code, errors.length, errors[0]?.message];
  };
  const fine = [200, null, 0, undefined];
  const refused = [200, "BAD_USER_INPUT", 1, tooMuch];
  const events = (page: string, fields: string) =>
    `webhookEndpoint(id: $endpoint) { events(${page}) { nodes { ${fields} } } }`;
  const rows = (page: string, fields: string) => `table(id: $table) { rows(${page}) { nodes { ${fields} } } }`;

  it("are answered up to 64 MiB, several pages of several lists together", async () => {
    const query = `x: ${events("first: 20", "payload")} y: ${rows("first: 20", "values")} z: ${events("first: 10", "payload")}`;
    expect(await ask(query)).toEqual(fine);
  });

  it("are refused where several pages are more together, and no page is read after that", async () => {
    for (const list of [events, rows]) {
      expect(await ask(aliased(20, (index) => list(`first: ${24 + index}`, "id")))).toEqual(refused);
      expect([calls.pages, calls.mostPages]).toEqual([3, 1]);
    }
  });

  it("are refused where one value under several names is more than that, before the answer is put together", async () => {
    const names = (field: string, first = 20) => [`first: ${first}`, aliased(4, () => field)] as const;
    expect(await ask(events(...names("payload")))).toEqual(refused);
    expect(await ask(events(...names("rawPayload")))).toEqual(refused);
    expect(
      await ask(
        events(
          "first: 20",
          aliased(40, (n) => (n % 2 ? "payload" : "rawPayload")),
        ),
      ),
    ).toEqual(refused);
    expect(await ask(rows(...names("values")))).toEqual(refused);
    expect(
      await ask(
        rows(
          "first: 20",
          aliased(4, () => "cells { value }"),
        ),
      ),
    ).toEqual(refused);
    expect(await ask(rows("first: 20", "values") + aliased(3, () => rows("first: 20", "values")))).toEqual(refused);
  });

  it("may hold a million fields, names and lists counted as often as they are answered", async () => {
    const many = (count: number) =>
      `table(id: "${longTableId}") { rows(first: 500) { nodes { ${aliased(count, () => "__typename")} } } }`;
    expect(await ask(`a: ${many(1_900)}`)).toEqual(fine);
    expect(await ask(`a: ${many(950)} b: ${many(950)}`)).toEqual(fine);
    const lists = `tables(organizationId: "${person.organizationId}") { rows(first: 500) { nodes { ${aliased(1_950, () => "id")} } } }`;
    expect(await ask(lists)).toEqual([200, "BAD_USER_INPUT", 1, "An answer may hold 1,000,000 fields: ask for less."]);
  });

  it("take four of the database's connections at most for one request", async () => {
    expect(await ask(aliased(100, () => "me { id }"))).toEqual(fine);
    expect(calls.most).toBe(4);
  });

  it("keep nobody else waiting", async () => {
    let isDone = false;
    const asked = Promise.all([
      ask(aliased(20, (index) => events(`first: ${24 + index}`, "id"))),
      ask(
        events(
          "first: 24",
          aliased(30, () => "payload"),
        ),
      ),
    ]).finally(() => {
      isDone = true;
    });
    const waits: number[] = [];
    while (!isDone) {
      const began = performance.now();
      const { code } = await server.graphql("{ me { id } }", {}, { token: bystander.token });
      waits.push(performance.now() - began);
      expect(code).toBeNull();
    }
    expect(await asked).toEqual([refused, refused]);
    // Where one request may take every connection, others wait ten seconds for one, and go without.
    expect(Math.max(...waits)).toBeLessThan(5_000);
  }, 120_000);
});

type Counts = { atOnce: number; most: number; pages: number; pagesAtOnce: number; mostPages: number };

/** The same database, its calls counted. */
function counting(database: Database, counts: Counts): Database {
  return {
    ...database,
    async call(fn, args, caller) {
      const page = ["webhook_events", "rows"].includes(fn) ? 1 : 0;
      counts.pages += page;
      counts.pagesAtOnce += page;
      counts.atOnce += 1;
      counts.most = Math.max(counts.most, counts.atOnce);
      counts.mostPages = Math.max(counts.mostPages, counts.pagesAtOnce);
      return database.call(fn, args, caller).finally(() => {
        counts.atOnce -= 1;
        counts.pagesAtOnce -= page;
      });
    },
  };
}

/** An endpoint with 24 deliveries and a table with 24 rows, a megabyte each. */
async function fill(server: TestServer, { token, organizationId }: Person) {
  const requests = webhooksOf(server);
  const { endpoint, secret } = (await requests.addWebhookEndpoint({ organizationId, name: "large" }, { token })).data
    .addWebhookEndpoint;
  const body = JSON.stringify(megabyte);
  for (let sent = 0; sent < 24; sent++)
    expect((await requests.deliver(endpoint.path, body, standardHeaders(secret, body))).status).toBe(200);
  const text = [{ name: "text", type: "LONG_TEXT" }];
  const make = async (name: string) =>
    (
      await server.graphql<{ createTable: { id: string; columns: { id: string }[] } }>(
        "mutation($input: CreateTableInput!) { createTable(input: $input) { id columns { id } } }",
        { input: { organizationId, name, columns: text } },
        { token },
      )
    ).data.createTable;
  // Past the service, which takes such a row only as several calls.
  const insert = (table: { id: string; columns: { id: string }[] }, value: string, count: number) =>
    server.admin.query(
      `insert into cloakroom.rows (organization_id, table_id, "values")
      select $1, $2, jsonb_build_object($3::text, $4::text) from generate_series(1, $5)`,
      [organizationId, table.id, table.columns[0]?.id, value, count],
    );
  const [large, long] = [await make("large"), await make("long")];
  await insert(large, megabyte, 24);
  await insert(long, "short", 500);
  return { endpointId: endpoint.id, tableId: large.id, longTableId: long.id };
}
