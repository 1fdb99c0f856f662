import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What the page offers to whoever drives it, as `createPage(api)`. */
export interface Page {
  query(query: string, variables?: object): Promise<PageAnswer>;
  mutate(mutation: string, variables?: object): Promise<PageAnswer>;
  /** Sent with every mutation from here on. */
  learnCsrfToken(): Promise<string>;
  /** Apollo's cache, as text. */
  cache(): string;
}

export interface PageAnswer {
  readonly data: unknown;
  /** Code of the first error, or why there was no answer. */
  readonly error: string | null;
}

/** Serves one page with the program of page.ts, on a port of its own. */
export async function servePage(): Promise<{ readonly port: number; close(): void }> {
  const script = await bundled();
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<!doctype html><title>A page</title><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

let bundle: Promise<string> | undefined;

function bundled(): Promise<string> {
  bundle ??= build({
    entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
    bundle: true,
    format: "iife",
    platform: "browser",
    write: false,
    logLevel: "silent",
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? "");
  return bundle;
}
