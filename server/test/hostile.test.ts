import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/check-hostile.js", import.meta.url));

test("a few hundred of what should not be sent leave the server as it was", { timeout: 180_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--bodies", "300"], { encoding: "utf8" });
  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(/^10 passed, 0 failed$/m);
});
