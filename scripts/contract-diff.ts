import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compareSchemas } from "./schema-comparison.js";

/** `npm run contract:diff -- FILE`: what breaks the contract in FILE, and what of it is still missing. Breaks exit 1. */
const [contractFile] = process.argv.slice(2);
if (!contractFile) throw new Error("Give the file of the contract: npm run contract:diff -- FILE");

const ours = readFileSync(fileURLToPath(new URL("../schema.graphql", import.meta.url)), "utf8");
const { breaks, missing } = compareSchemas(ours, readFileSync(contractFile, "utf8"));
const section = (title: string, lines: readonly string[]) => [
  `${title}: ${lines.length}`,
  ...lines.map((line) => `  ${line}`),
];
console.log([...section("Breaks", breaks), ...section("Still missing", missing)].join("\n"));
process.exitCode = breaks.length ? 1 : 0;
