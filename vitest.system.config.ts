import { defineConfig } from "vitest/config";

/** Whole-system tests: real processes, users, clusters and clocks, one after the other. Wants Debian, root and `.ci/run`. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/system/**/*.test.ts"],
    globalSetup: ["test/system/support/checkout-setup.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: "forks",
  },
});
