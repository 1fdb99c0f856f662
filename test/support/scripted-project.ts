import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProjectRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What to answer: a status and a JSON value or text, or whatever else one does with a response. */
export type Script = { readonly status?: number; readonly body: unknown } | ((response: ServerResponse) => void);

export interface ScriptedProject {
  readonly url: string;
  readonly requests: ProjectRequest[];
  /** Answers in order; the last one serves all further requests. */
  answer(...scripts: Script[]): void;
  close(): Promise<void>;
}

/** A loopback server with the wire format of a Supabase project's Data API, for what a healthy project never says. */
export async function startScriptedProject(): Promise<ScriptedProject> {
  const requests: ProjectRequest[] = [];
  let scripts: Script[] = [{ body: null }];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const { method = "", url: path = "", headers } = request;
      requests.push({ method, path, headers, body: text === "" ? null : JSON.parse(text) });
      play(scripts.length > 1 ? (scripts.shift() as Script) : (scripts[0] as Script), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(...next) {
      scripts = next;
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function play(script: Script, response: ServerResponse): void {
  if (typeof script === "function") {
    script(response);
    return;
  }
  const isText = typeof script.body === "string";
  response.writeHead(script.status ?? 200, { "content-type": isText ? "text/html" : "application/json" });
  response.end(isText ? script.body : JSON.stringify(script.body));
}
