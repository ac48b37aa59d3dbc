import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

// Without sanitizers; `npm run check:sanitize` runs the same tests with them.
it("the C tests of the kernels pass for every instruction set that runs here", { timeout: 180_000 }, ({ skip }) => {
  const script = fileURLToPath(new URL("../../scripts/check-sanitize.js", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, "plain"], { encoding: "utf8" });
  for (const line of stdout.split("\n")) if (line.startsWith("NOT RUN")) console.warn(line);
  expect(status, stdout + stderr).toBe(0);
  skip(/ 0 passed/.test(stdout), "there is no C compiler, or no instruction set of ours");
});
