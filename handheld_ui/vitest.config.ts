import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    environment: "node",
    include: ["tests/**/*.test.{ts,tsx}"],
    // Two cores serve the whole test run; the suites are small.
    maxWorkers: 1,
    isolate: false,
    // Thousands of random scans take seconds where the machine has other work.
    testTimeout: 60_000,
  },
});
