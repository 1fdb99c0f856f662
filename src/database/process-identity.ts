import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process beyond reuse of its number: the pid together with when that process began. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; empty where the platform does not tell. */
  readonly startedAt: string;
}

export const ownIdentity = (): ProcessIdentity => ({ pid: process.pid, startedAt: startOf(process.pid) });

/** True while that very process lives; false for another one that was given its number later. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return pidExists(pid) && (startedAt === "" || startOf(pid) === startedAt);
}

export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The command line with which a process was started, null where it is gone or the platform does not tell. */
export function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || null;
  } catch {
    return ps("command=", pid) || null;
  }
}

/** Clock ticks since boot with the boot's id on Linux (a zombie counts as gone), what `ps` prints elsewhere. */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return fields[0] === "Z" ? "gone" : `${boot}/${fields[19]}`;
  } catch {
    return ps("lstart=", pid);
  }
}

function ps(column: string, pid: number): string {
  if (process.platform === "win32") return "";
  return spawnSync("ps", ["-o", column, "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
}
