import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { trainedFile } from "../../../test/support/trained-file.js";
import { createNativeBackend, nativeStatus } from "./native.js";

const status = nativeStatus();
const instructionSets = "why" in status ? [] : status.instructionSets;

describe.each(instructionSets)("%s", (instructionSet) => {
  it("a whole training run gives the same bits for 1, 2, 3 and 4 threads, and again", async () => {
    const hashes: string[] = [];
    for (const threads of [1, 2, 3, 4, 1])
      hashes.push(
        await trainedFile(createNativeBackend({ instructionSet, threads, leastWork: threads === 1 ? 1e9 : 0 })),
      );
    expect(new Set(hashes).size).toBe(1);
  });
});

describe.skipIf("why" in status)("the addon", () => {
  it("refuses an instruction set it has not", () => {
    expect(() => createNativeBackend({ instructionSet: "avx9000" })).toThrow(
      /^instruction set: expected one of .*, got "avx9000"/,
    );
  });

  it("refuses a call with too few numbers instead of reading garbage", () => {
    const { kernels } = createNativeBackend({ threads: 1 });
    const fill = kernels.fill as (...numbers: number[]) => void;
    expect(() => fill(64, 1)).toThrow(/^kernel: expected a number for each parameter/);
  });

  it("says how much memory was needed where there is not enough", () => {
    const { memory } = createNativeBackend({ threads: 1 });
    expect(() => memory.reserve(5 * 2 ** 30)).toThrow(/^memory: expected at most 4096 MiB.*a need of 5120 MiB/);
    // What was there before is still usable.
    const pointer = memory.reserve(64);
    memory.floats(pointer, 1)[0] = 7;
    expect(memory.floats(pointer, 1)[0]).toBe(7);
  });

  it("keeps what was written where it was while the memory grows", () => {
    const { memory, kernels } = createNativeBackend({ threads: 2, leastWork: 0 });
    const first = memory.reserve(4 * 1000);
    kernels.fill(first, 3, 1000);
    const second = memory.reserve(200 * 2 ** 20);
    kernels.fill(second, 4, 50 * 2 ** 20);
    expect(memory.floats(first, 1000).every((value) => value === 3)).toBe(true);
    expect(memory.floats(second + 4 * (50 * 2 ** 20 - 1), 1)[0]).toBe(4);
  });

  const addon = fileURLToPath(new URL("../../../build/native/tandem.node", import.meta.url));
  /** Some shared products on a buffer of its own; plain JavaScript, for threads and processes without this source. */
  const program = `
    const addon = require(${JSON.stringify(addon)});
    const buffer = new ArrayBuffer(1 << 22);
    const kernels = addon.attach(buffer, addon.instructionSets()[0], 3, 0);
    const floats = new Float32Array(buffer);
    const [x, packed, y] = [64, 400000, 800000];
    floats.fill(1, x / 4, 400000 / 4);
    kernels.pack(packed, x, 100, 100, 100);
    for (let i = 0; i < 2000; i++) kernels.product(y, 100, x, 100, packed, 0, 64, 100, 100, 0);
    const right = floats.subarray(y / 4, y / 4 + 6400).every((value) => value === 100);
  `;

  it("computes in several worker threads at once, and lives on when they end", async () => {
    const results = await Promise.all(
      [1, 2, 3, 4].map(
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(`${program} require("node:worker_threads").parentPort.postMessage(right);`, {
              eval: true,
            });
            worker.once("message", resolve);
            worker.once("error", reject);
          }),
      ),
    );
    expect(results).toEqual([true, true, true, true]);
    const { kernels, memory } = createNativeBackend({ threads: 4, leastWork: 0 });
    const pointer = memory.reserve(4 * 100_000);
    kernels.fill(pointer, 5, 100_000);
    expect(memory.floats(pointer, 100_000).every((value) => value === 5)).toBe(true);
  });

  it("lets its process end, by itself and by exit, while threads still spin", () => {
    for (const end of ["", "process.exit(0);"]) {
      const { status, signal } = spawnSync(process.execPath, ["-e", `${program} if (!right) throw 1; ${end}`], {
        timeout: 20_000,
      });
      expect({ status, signal }).toEqual({ status: 0, signal: null });
    }
  });
});
