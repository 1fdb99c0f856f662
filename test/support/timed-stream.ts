import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

export interface StreamTimes {
  /** Until the first event with text. */
  readonly firstMilliseconds: number;
  readonly events: number;
}

/** One streamed completion, read to its end. @throws Error where it does not end with [DONE] */
export function readStreamed(url: string, headers: Record<string, string>, body: object): Promise<StreamTimes> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const text = JSON.stringify({ ...body, stream: true });
    const outgoing = request(`${url}/chat/completions`, {
      method: "POST",
      agent,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(text), ...headers },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let firstMilliseconds = 0;
      let events = 0;
      let end = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        if (firstMilliseconds === 0) firstMilliseconds = performance.now() - begun;
        events += (end.slice(-5) + piece).split("data: ").length - 1;
        end = (end + piece).slice(-100);
      });
      response.on("error", reject);
      response.on("end", () =>
        end.includes("[DONE]")
          ? resolve({ firstMilliseconds, events })
          : reject(new Error(`${response.statusCode}: ${end}`)),
      );
    });
    outgoing.end(text);
  });
}
