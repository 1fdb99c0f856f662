import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

// Lays GraphiQL's page and the files that it asks for into a folder, dist/graphiql unless another is named. All of them
// come ready-made out of npm, so nothing is compiled; names hold a hash of the content, for browsers keep them for ever.

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.resolve(process.argv[2] ?? path.join(root, "dist", "graphiql"));
const require = createRequire(import.meta.url);
const files = [
  path.join(path.dirname(require.resolve("graphiql/package.json")), "graphiql.min.css"),
  path.join(root, "graphiql", "page.css"),
  path.join(path.dirname(require.resolve("react/package.json")), "umd", "react.production.min.js"),
  path.join(path.dirname(require.resolve("react-dom/package.json")), "umd", "react-dom.production.min.js"),
  path.join(path.dirname(require.resolve("graphiql/package.json")), "graphiql.min.js"),
  path.join(root, "graphiql", "page.js"),
];

mkdirSync(path.join(folder, "assets"), { recursive: true });
let page = readFileSync(path.join(root, "graphiql", "index.html"), "utf8");
for (const file of files) {
  const content = readFileSync(file);
  const { name, ext, base } = path.parse(file);
  const asset = `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}${ext}`;
  writeFileSync(path.join(folder, "assets", asset), content);
  page = page.replace(`"${base}"`, `"/graphiql/assets/${asset}"`);
}
writeFileSync(path.join(folder, "index.html"), page);
