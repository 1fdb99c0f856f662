import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/**
 * Builds GraphiQL into dist/graphiql: one page and hashed assets that the server hands out itself, so that the page
 * runs under `script-src 'self'` and asks no other origin for anything.
 */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/graphiql/",
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: fileURLToPath(new URL("../dist/graphiql", import.meta.url)),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // Monaco alone is 2.8 MB.
    chunkSizeWarningLimit: 4_000,
    reportCompressedSize: false,
    rolldownOptions: {
      // Hundreds of "use client" notices of React libraries, which mean nothing in a page without a server half.
      onLog(level, log, print) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") print(level, log);
      },
    },
  },
});
