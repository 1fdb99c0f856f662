import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnTypes } from "../../../src/services/tables.js";
import { post } from "../../support/relay-requests.js";
import { startTableStage, type TableStage } from "../../support/table-stage.js";
import { canary } from "./hostile-values.js";
import { badLines, faultOf, inTurns } from "./traces.js";

let stage: TableStage;
let columns: { id: string; type: string; sensitive: boolean }[];
let tableId: string;
beforeAll(async () => {
  stage = await startTableStage({ REVEALS_PER_MINUTE: "1000000" });
  const options = ["a", "A", "b"];
  const given = columnTypes.flatMap((type) =>
    (sealedToo.includes(type) ? [false, true] : [false]).map((sensitive) => ({
      name: `${type} ${sensitive}`,
      type,
      sensitive,
      ...(type.endsWith("SELECT") && { options }),
    })),
  );
  const { value } = await stage.ask("createTable", {
    input: { organizationId: stage.owner.organizationId, name: "Edges", columns: given },
  });
  tableId = value.id;
  columns = value.columns;
});
afterAll(() => stage?.server.close());

/** Sealing does not look at types: these have each kind of JSON. */
const sealedToo = ["TEXT", "NUMBER", "MULTI_SELECT", "JSON"];

const deep = (depth: number) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
const long = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/** As JSON text, for what JavaScript would not print. */
const values: Record<string, string> = {
  "1e400": "1e400",
  "-1e400": "-1e400",
  "1e308": "1e308",
  "5e-324": "5e-324",
  "4e-324": "4e-324",
  "negative zero": "-0",
  "2^53+1": "9007199254740993",
  "400 digits": "9".repeat(400),
  ...Object.fromEntries(
    [
      "",
      " ",
      "1e400",
      "1e-400",
      "NaN",
      "nan",
      "Infinity",
      "-Infinity",
      "0x10",
      "0b1",
      "1_000",
      "1,5",
      ".",
      "+",
      "-",
      "+.5",
      "5.",
      "--1",
      "1 2",
      "١٢٣",
      "½",
      "9".repeat(309),
      "9".repeat(400),
      "9".repeat(401),
      `0.${"0".repeat(390)}1`,
      `0.${"1".repeat(398)}`,
      "true",
      "t",
      "null",
      "0000-01-01",
      "0001-01-01",
      "9999-12-31",
      "10000-01-01",
      "-0001-01-01",
      "2026-02-30",
      "2026-1-1",
      "2026-01-01 BC",
      "infinity",
      "today",
      "epoch",
      "2026-01-01T00:00:00",
      "2026-01-01T24:00:00Z",
      "2026-06-30T23:59:60Z",
      "2026-01-01T00:00:00+24:00",
      "2026-01-01T00:00:00+23:59",
      "2026-01-01T00:00:00-15:60",
      "0001-01-01T00:00:00+23:59",
      "9999-12-31T23:59:59-23:59",
      "9999-12-31T23:59:59.999999999Z",
      `2026-01-01T00:00:00.${"9".repeat(100)}Z`,
      "a@b",
      "a@b.c",
      `${"a".repeat(65)}@example.com`,
      `a@${"b.".repeat(200)}com`,
      `"${canary}"@example.com`,
      "a@xn--.com",
      `${canary}\n@example.com`,
      "+1",
      "+0015551234567",
      "+1 555 123 4567 ext. 5",
      "+99999999999999999",
      "１５５５１２３４５６７",
      "http://",
      "https://[::1]:99999/",
      "https://[1.2.3.4]/",
      "https://[::ffff:1.2.3.999]/",
      "https://256.1.1.1/",
      "https://1.2.3/",
      "https://0x7f.1/",
      "https://a:b@c.example/",
      "https://exa mple.com/",
      `https://${"a.".repeat(130)}com/`,
      "javascript:alert(1)",
      "file:///etc/passwd",
      `https://example.com/${canary}\\..\\`,
      "https://例え.テスト/",
      "https://example.com:0000080/",
      "a",
      "A",
      "a ",
      "c",
      "\u0001\u001f\u007f\u0085\u200b\u202e\ufeff\uffff",
      "👩‍👩‍👧‍👦",
      `'; drop table cloakroom.rows; -- ${canary}`,
      "\\",
      '"',
      "__proto__",
    ].map((text) => [JSON.stringify(text).slice(0, 60), JSON.stringify(text)]),
  ),
  "64 KiB and a byte": JSON.stringify(long("é", 32_769)),
  "256 KiB and a byte": JSON.stringify(long("x", 262_145)),
  "a URL of 300 KB": JSON.stringify(`https://${long("a.", 300_000)}`),
  "a path of 300 KB": JSON.stringify(`https://a.example/${long("a@/", 300_000)}`),
  "an address of 300 KB": JSON.stringify(`${long("a.@", 300_000)}.com`),
  "a time of 300 KB": JSON.stringify(`2026-01-01T00:00:00.${long("9", 300_000)}Z`),
  "a phone of 300 KB": JSON.stringify(`+${long("(0)-", 300_000)}`),
  "a number of 300 KB": JSON.stringify(long("9", 300_000)),
  "an empty list": "[]",
  "a choice twice": '["a", "a"]',
  "another choice": `["${canary}"]`,
  "a list of null": "[null]",
  "a list of lists": '[["a"]]',
  "a list of objects": '[{"a": "a"}]',
  "10,000 choices": JSON.stringify(Array.from({ length: 10_000 }, () => "a")),
  "an object": `{"${canary}": 1}`,
  "a prototype": `{"__proto__": {"isAdmin": true}, "constructor": {"prototype": 1}}`,
  "an empty key": `{"": 1}`,
  "a key of 300 KB": `{"${long("k", 300_000)}": 1}`,
  "48 deep": deep(46),
  "60 deep": deep(60),
  "20,000 keys": `{${Array.from({ length: 20_000 }, (_, n) => `"${n}": 1`).join()}}`,
  false: "false",
  NUL: `"${canary}\\u0000"`,
  "half a pair": `"${canary}\\ud83d"`,
  "an escaped escape": '"\\\\u0000"',
};

const send = (query: string, variables: string) =>
  post<{ addRows: { id: string }[] } | null>(
    stage.server.url,
    `{"query": ${JSON.stringify(query)}, "variables": ${variables}}`,
    asOwner(),
  );
const asOwner = () => ({ authorization: `Bearer ${stage.owner.token}` });

interface Page {
  readonly nodes: readonly object[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

describe("a cell", () => {
  it("takes or refuses any value in any type of column, never quotes it, and shows what it took", async () => {
    const tries = columns.flatMap((column) =>
      Object.entries(values)
        .filter(([, value]) => !column.sensitive || value.length < 50_000)
        .map(([what, value]) => ({ column, what, value })),
    );
    const faults = await inTurns(
      tries,
      async ({ column, what, value }) => {
        const started = performance.now();
        const answer = await send(
          "mutation($input: AddRowsInput!) { addRows(input: $input) { id values cells { value masked } } }",
          `{"input": {"tableId": "${tableId}", "rows": [{"${column.id}": ${value}}]}}`,
        );
        const name = `${column.type}${column.sensitive ? " (sealed)" : ""} ${what}`;
        const fault = faultOf(answer, false);
        if (fault) return `${name}: ${fault}`;
        const row = answer.data?.addRows[0];
        if (row && column.sensitive) {
          const reveal = `mutation { revealCell(input: { rowId: "${row.id}", columnId: "${column.id}" }) { value } }`;
          const revealed = faultOf(await send(reveal, "{}"), true);
          if (!revealed?.startsWith("answered")) return `${name}: revealing ${revealed}`;
        }
        if (performance.now() - started > 15_000) return `${name}: took ${performance.now() - started} ms`;
        const field = answer.errors[0]?.extensions?.field;
        if (answer.code === null || String(field).startsWith(`input.rows.0.${column.id}`)) return null;
        return `${name}: ${answer.code} ${field}`;
      },
      8,
    );
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  }, 60_000);

  it("can be read afterwards with all the others, page by page, and the log still verifies", async () => {
    const total = (await stage.ask("table", { id: tableId })).value.rowCount;
    expect(total).toBeGreaterThan(100);
    let read = 0;
    for (let after = "null"; after !== ""; ) {
      const query = `{ table(id: "${tableId}") { rows(first: 100, after: ${after}) { nodes { id cells { value } } pageInfo { hasNextPage endCursor } } } }`;
      const { data, text } = await post<{ table: { rows: Page } } | null>(
        stage.server.url,
        JSON.stringify({ query }),
        asOwner(),
      );
      if (!data) throw new Error(text);
      read += data.table.rows.nodes.length;
      after = data.table.rows.pageInfo.hasNextPage ? `"${data.table.rows.pageInfo.endCursor}"` : "";
    }
    expect(read).toBe(total);
    const { value } = await stage.ask("verifyAuditLog", { organizationId: stage.owner.organizationId });
    expect(value.valid).toBe(true);
    expect(badLines(stage.server.output())).toEqual([]);
  });
});
