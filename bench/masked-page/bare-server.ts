/** What the page costs without Cloakroom: node:http, pg, the same rows of the same table, nobody asked who they are. */
import { createServer } from "node:http";
import process from "node:process";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const page = `select r.id, r."values" || r.masks as "values", r.version
  from cloakroom.rows r where r.table_id = $1 order by r.sequence limit 100`;

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { tableId } = JSON.parse(Buffer.concat(chunks).toString()) as { tableId: string };
  const { rows } = await pool.query(page, [tableId]);
  const body = JSON.stringify({ data: { table: { rows: { nodes: rows } } } });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  console.log(JSON.stringify({ msg: "listening", url: `http://127.0.0.1:${port}` }));
});
