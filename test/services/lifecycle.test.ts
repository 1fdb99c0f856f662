import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A process that opens `a` and `b`, each of which says when it is closed; `body` is what it does on the way. */
function run(body: string) {
  const script = `
    import { runProcess } from "./src/lifecycle.ts";
    const say = (line) => process.stdout.write(line + "\\n");
    const closes = (name, ms = 0) => async () => { await new Promise((done) => setTimeout(done, ms)); say("closed " + name); };
    const wait = (ms) => new Promise((done) => setTimeout(done, ms));
    const log = { error: (line) => say(JSON.stringify(line)), info: (line) => say(JSON.stringify(line)) };
    runProcess({ log, start: async (own) => { own(closes("a")); ${body} } });
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { cwd: root });
  const output = { out: "", err: "" };
  child.stdout.on("data", (data) => {
    output.out += data;
  });
  child.stderr.on("data", (data) => {
    output.err += data;
  });
  return { child, output, ended: once(child, "close").then(([code]) => code as number) };
}

async function outputOf({ child, output }: { child: ChildProcess; output: { out: string } }, text: string) {
  while (!output.out.includes(text)) await Promise.race([once(child.stdout as never, "data"), once(child, "close")]);
}

it("a signal closes what was opened, the last first, and ends the process with 0", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const process = run(`own(closes("b")); say("up");`);
    await outputOf(process, "up");
    process.child.kill(signal);
    expect(await process.ended).toBe(0);
    expect(process.output.out).toBe(`up\n{"msg":"stopping","signal":"${signal}"}\nclosed b\nclosed a\n`);
  }
});

it("a signal while it starts closes what is open by then, and nothing more is opened", async () => {
  const process = run(`say("half"); await wait(2_000); own(closes("b")); say("never");`);
  await outputOf(process, "half");
  process.child.kill("SIGTERM");
  expect(await process.ended).toBe(0);
  expect(process.output.out).toContain("closed b\nclosed a\n");
  expect(process.output.out).not.toContain("never");
});

it("the same Ctrl-C arriving twice counts once, and a later one does not wait for requests", async () => {
  const process = run(`own(closes("requests", 60_000)); say("up");`);
  await outputOf(process, "up");
  process.child.kill("SIGINT");
  process.child.kill("SIGINT");
  await outputOf(process, "stopping");
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(process.child.exitCode).toBeNull();
  process.child.kill("SIGINT");
  expect(await process.ended).toBe(130);
  expect(process.output.out).toContain("closed a");
});

it("a start that fails is one sentence and exit code 1, after closing what was open", async () => {
  const process = run(`throw new Error("The server cannot start: PORT must be a whole number.");`);
  expect(await process.ended).toBe(1);
  expect(process.output.err).toBe("Cloakroom did not start. The server cannot start: PORT must be a whole number.\n");
  expect(process.output.out).toContain("closed a");
});

it("a bug that nobody caught is logged without its message, and ends the process with 1", async () => {
  const process = run(`setTimeout(() => { throw new TypeError("canary"); }, 50);`);
  expect(await process.ended).toBe(1);
  expect(process.output.out).toContain('"error":"TypeError"');
  expect(process.output.out).toContain("closed a");
  expect(process.output.out + process.output.err).not.toContain("canary");
});
