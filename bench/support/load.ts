import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request over a connection that is kept. @returns the body @throws Error where the status is not 200 */
export function post(url: string, headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: "POST",
      agent,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    outgoing.end(body);
  });
}

/** Runs `once` over and over, `connections` at a time. @returns how often, and how often a second */
export async function load(seconds: number, connections: number, once: () => Promise<unknown>) {
  const start = performance.now();
  const end = start + seconds * 1000;
  let count = 0;
  const one = async () => {
    for (; performance.now() < end; count++) await once();
  };
  await Promise.all(Array.from({ length: connections }, one));
  return { count, perSecond: count / ((performance.now() - start) / 1000) };
}

/** CPU time that a process has used so far, user and system, as Linux counts it: in steps of 10 ms. */
export function cpuMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
