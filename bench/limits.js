// The machine's limits as a contender: compiles limits.c here and now, for the processor it runs on.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AbsentError, Child } from "./child.js";

/** The second is for compilers on arm64 that know only that one. */
const TARGETS = ["-march=native", "-mcpu=native"];

function compile(folder) {
  const command = process.env.CC ?? "cc";
  const program = join(folder, "limits");
  const source = fileURLToPath(new URL("limits.c", import.meta.url));
  let said = "";
  for (const target of TARGETS) {
    const args = ["-std=gnu11", "-O3", "-ffp-contract=fast", target, "-pthread", source, "-o", program];
    const result = spawnSync(command, args, { encoding: "utf8" });
    if (result.error) throw new AbsentError(`there is no C compiler (\`${command}\` does not run)`);
    if (result.status === 0) return program;
    said = result.stderr.trim().split("\n")[0];
  }
  throw new AbsentError(`the C compiler failed: ${said}`);
}

/**
 * The limit a figure is compared with: "fma" for native code, "narrow" for WebAssembly, "copy" for memory.
 * @typedef {"fma" | "narrow" | "copy"} LimitKind
 */
export const limitKey = (kind, threads) => `limit ${kind} ${threads}`;

/** A child that measures limits, and `contender(kind, threads)` for rounds: GFLOP/s or GB/s. */
export async function startLimits() {
  const folder = mkdtempSync(join(tmpdir(), "tandem-limits-"));
  try {
    const child = new Child("limits", compile(folder), []);
    const { vectorBits } = await child.hello();
    const contender = (/** @type {LimitKind} */ kind, /** @type {number} */ threads) => ({
      key: limitKey(kind, threads),
      child,
      run: async () => (await child.ask(`${kind} ${threads}`)).figure,
    });
    return { child, vectorBits, contender };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
