import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// `npm start`: builds what is missing or older than its sources, then becomes the server, in this very process, so that
// signals and the exit code need nobody to pass them on.

const root = fileURLToPath(new URL("..", import.meta.url));
const shared = ["package-lock.json"];
const targets = [
  {
    name: "server",
    sources: ["src", "tsconfig.json", "tsconfig.build.json", ...shared],
    command: ["tsc", "-p", "tsconfig.build.json"],
  },
  {
    name: "graphiql",
    sources: ["graphiql", ...shared],
    command: ["vite", "build", "--config", "graphiql/vite.config.ts", "--logLevel", "warn"],
  },
];

if (existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
const stale = targets.filter(isStale);
if (stale.length > 0) process.stderr.write(`Building ${stale.map(({ name }) => name).join(" and ")} …\n`);
await Promise.all(stale.map(build));
await import("../dist/main.js");

function stampOf({ name }) {
  return path.join(root, "dist", `.${name}-built`);
}

/** Where the compilers are not installed, what was built elsewhere is run as it is. */
function isStale(target) {
  const stamp = stampOf(target);
  const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  return existsSync(commandOf(target)) && target.sources.some((source) => newest(path.join(root, source)) > builtAt);
}

function newest(file) {
  const { mtimeMs } = statSync(file);
  if (!statSync(file).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

function commandOf({ command }) {
  return path.join(root, "node_modules", ".bin", command[0]);
}

/** The stamp bears the time at which the build began: a file saved meanwhile is newer. */
async function build(target) {
  const begunAt = new Date();
  const dist = path.join(root, "dist");
  mkdirSync(dist, { recursive: true });
  if (target.name === "server")
    for (const name of readdirSync(dist))
      if (name !== "graphiql" && !name.startsWith(".")) rmSync(path.join(dist, name), { recursive: true });
  const code = await new Promise((resolve) => {
    const child = spawn(commandOf(target), target.command.slice(1), { cwd: root, stdio: ["ignore", 2, 2] });
    child.on("close", (status) => resolve(status ?? 1)).on("error", () => resolve(1));
  });
  if (code !== 0) {
    process.stderr.write(`The ${target.name} could not be built.\n`);
    process.exit(1);
  }
  writeFileSync(stampOf(target), "");
  utimesSync(stampOf(target), begunAt, begunAt);
}
