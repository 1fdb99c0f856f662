import { spawn } from "node:child_process";
import { newPhone } from "./client.js";
import type { ServerProcess } from "./server-process.js";

/**
 * Runs examples/apollo-client against the server, typing in the code that the server "sent".
 * @returns what the program printed @throws Error with that where it failed
 */
export async function runApolloProgram(server: ServerProcess, checkout: string, node = "node"): Promise<string> {
  const phone = newPhone();
  const program = ["--import", "tsx", "examples/apollo-client/main.ts", server.url, phone];
  const child = spawn(node, program, { cwd: checkout, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const code = await Promise.race([server.codeFor(phone), ended]);
  child.stdin.end(`${code}\n`);
  if ((await ended) !== 0) throw new Error(`The Apollo program failed:\n${output}`);
  return output;
}
