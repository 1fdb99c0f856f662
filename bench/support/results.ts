import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { BenchServer } from "./cloakroom.js";

/** Prints a question's answer and keeps it as its `results.md`. */
export function keepResults(folder: string, { cluster }: BenchServer, text: string): void {
  const postgres = cluster.psql("show server_version").trim();
  const day = new Date().toISOString().slice(0, 10);
  const machine = `Node ${process.versions.node}, embedded Postgres ${postgres}, ${availableParallelism()} cores, ${day}.`;
  const page = `${text.trim()}\n\nMade by \`npm run bench\` with ${machine}\nMedians of interleaved rounds on a shared machine: read the numbers against each other.\n`;
  writeFileSync(path.join(folder, "results.md"), page);
  console.log(page);
}
