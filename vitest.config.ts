import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "tandem-seq2seq": fileURLToPath(new URL("./src/index.ts", import.meta.url)) } },
  test: {
    include: [
      "src/**/*.test.ts",
      "server/{src,test}/**/*.test.ts",
      "test/**/*.test.ts",
      "examples/**/*.test.ts",
      "bench/*.test.js",
      "web/models/*.test.js",
      "web/src/**/*.test.ts",
    ],
    testTimeout: 60_000,
    // All cores; without this one is left free, of two a half.
    maxWorkers: "100%",
    // Pages take their time on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
});
