import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

// `npm start` and, with `migrate`, `npm run db:migrate`: builds what is missing or older than its sources, then becomes
// the server, or what migrates, in this very process. npm runs it through a shell that would keep signals to itself,
// hence the `exec` in package.json. GraphiQL is put together beside the running server, which makes those who ask for
// the page wait for it (src/http/graphiql.ts).

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(root, "dist");
const draft = path.join(dist, ".graphiql-draft");
const server = {
  name: "server",
  sources: ["src", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
  command: ["tsc", "-p", "tsconfig.build.json"],
  needs: "tsc",
};
const graphiql = {
  name: "graphiql",
  sources: ["graphiql", "scripts/build-graphiql.mjs", "package-lock.json"],
  command: ["node", "scripts/build-graphiql.mjs", draft],
  needs: "esbuild",
};

// As the server itself does, which is not built yet: whether GraphiQL is wanted may stand there.
if (existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
const isOff = process.env.NODE_ENV === "production" && process.env.GRAPHIQL !== "true";
mkdirSync(dist, { recursive: true });
if (isStale(server)) await buildServer();
if (!existsSync(path.join(dist, "main.js"))) {
  process.stderr.write(
    "Nothing is built in dist, and what builds it is not installed: run `npm ci`, or see Deploying in docs/guides/operating.md.\n",
  );
  process.exit(1);
}
if (process.argv[2] === "migrate") await import("../dist/database/migrate-command.js");
else {
  if (!isOff && isStale(graphiql)) void buildGraphiql();
  if (process.env.npm_lifecycle_event === "start") stopWithoutParent(process.ppid);
  await import("../dist/main.js");
}

/** An npm that was killed could tell nobody. */
function stopWithoutParent(parent) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  timer.unref();
}

/** Where what builds it is not installed, what was built before or elsewhere is run as it is. */
function isStale(target) {
  const stamp = stampOf(target);
  const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  return (
    existsSync(installed(target.needs)) && target.sources.some((source) => newest(path.join(root, source)) > builtAt)
  );
}

function newest(file) {
  const status = statSync(file);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

function stampOf({ name }) {
  return path.join(dist, `.${name}-built`);
}

function compilerOf({ command }) {
  return command[0] === "node" ? process.execPath : installed(command[0]);
}

function installed(program) {
  return path.join(root, "node_modules", ".bin", program);
}

/** What the compiler wrote for files that are gone would live on; GraphiQL's folder and the stamps stay. */
async function buildServer() {
  process.stderr.write("Building the server …\n");
  for (const name of readdirSync(dist))
    if (name !== "graphiql" && !name.startsWith(".")) rmSync(path.join(dist, name), { recursive: true });
  if (await succeeds(server)) return;
  process.stderr.write("The server could not be built.\n");
  process.exit(1);
}

/** In a draft folder, so that page and assets come into place together; while it is there, a build is under way. */
async function buildGraphiql() {
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  if (await succeeds(graphiql)) {
    rmSync(path.join(dist, "graphiql"), { recursive: true, force: true });
    renameSync(draft, path.join(dist, "graphiql"));
  } else {
    process.stderr.write("GraphiQL could not be built.\n");
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The stamp bears the time at which the build began: a file saved meanwhile is newer. */
async function succeeds(target) {
  const begunAt = new Date();
  const child = spawn(compilerOf(target), target.command.slice(1), { cwd: root, stdio: ["ignore", 2, 2] });
  if (target === graphiql && child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const endWithUs = () => child.kill();
  process.once("exit", endWithUs);
  const code = await new Promise((resolve) => child.on("close", resolve).on("error", resolve));
  process.off("exit", endWithUs);
  if (code !== 0) return false;
  writeFileSync(stampOf(target), "");
  utimesSync(stampOf(target), begunAt, begunAt);
  return true;
}
