import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { commandIn } from "../../test/support/command.js";

// Builds what the script runs.
commandIn("fuzz");

it("spoilt recipes, data, models and checkpoints are read or refused in one clear sentence: 1200 of them", () => {
  const script = fileURLToPath(new URL("../../scripts/check-fuzz.js", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, "1200", "7"], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  for (const kind of ["recipe", "data", "model", "checkpoint"]) {
    const [, refused, taken] =
      new RegExp(`^${kind}: 300 spoilt, (\\d+) refused .+, (\\d+) still`, "m").exec(stdout) ?? [];
    // Neither is everything refused, nor does everything pass.
    expect(Number(refused)).toBeGreaterThan(100);
    expect(Number(taken)).toBeGreaterThan(10);
  }
  expect(stdout).toContain("1200 cases (seed 7): no crash, no hang, 0 unclear errors.");
}, 240_000);
