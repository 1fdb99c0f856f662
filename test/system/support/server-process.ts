import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ServerProcess {
  readonly url: string;
  /** Of the command that was started. */
  readonly pid: number;
  /** Everything that it and its children wrote. */
  output(): string;
  /** The one-time code that was last "sent" to the phone; waits for it. */
  codeFor(phone: string): Promise<string>;
  /** As the terminal does on Ctrl-C: to the whole process group. */
  interrupt(signal?: NodeJS.Signals): void;
  /** Resolves with the exit code, null after a signal. */
  readonly ended: Promise<number | null>;
  /** Interrupts and waits. */
  stop(): Promise<void>;
}

export interface ServerStart {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Beside PATH and HOME, all that the server sees. */
  readonly env?: Readonly<Record<string, string>>;
  readonly startsWithinSeconds?: number;
}

/** Starts a server in a process group of its own, as a shell does, and waits for the line that says where it listens. */
export async function startServer({
  command,
  cwd,
  env,
  startsWithinSeconds = 60,
}: ServerStart): Promise<ServerProcess> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: "0", REQUESTS_PER_MINUTE: "0", ...env },
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => void chunks.push(chunk));
  const output = () => chunks.join("");
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const interrupt = (signal: NodeJS.Signals = "SIGINT") => signalGroup(child, signal);
  try {
    const url = await valueIn(
      output,
      child,
      /"msg":"listening".*?"url":"([^"]+)"|"url":"([^"]+)".*?"msg":"listening"/,
      startsWithinSeconds,
    );
    return {
      url,
      pid: child.pid ?? 0,
      output,
      codeFor: (phone) => valueIn(output, child, smsTo(phone), 10),
      interrupt,
      ended,
      stop: async () => {
        interrupt();
        await ended;
      },
    };
  } catch (error) {
    interrupt("SIGKILL");
    throw error;
  }
}

const smsTo = (phone: string) => new RegExp(`"to":"\\${phone}","code":"(\\d+)"(?![\\s\\S]*"to":"\\${phone}")`);

async function valueIn(output: () => string, child: ChildProcess, pattern: RegExp, seconds: number): Promise<string> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await pause(50)) {
    const found = pattern.exec(output());
    const value = found?.slice(1).find(Boolean);
    if (value) return value;
    if (child.exitCode !== null) break;
  }
  throw new Error(`The server did not say ${pattern} within ${seconds} s. It wrote:\n${output()}`);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** Processes that work in or below a directory: the server, npm before it, and every process of its Postgres. */
export function processesBelow(directory: string): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const cwd = readlinkSync(`/proc/${pid}/cwd`);
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return cwd === directory || cwd.startsWith(`${directory}/`) ? [{ pid: Number(pid), command }] : [];
      } catch {
        return [];
      }
    });
}

/** Whether the condition comes true within the time. */
export async function eventually(condition: () => boolean, seconds: number): Promise<boolean> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await pause(50))
    if (condition()) return true;
  return condition();
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
