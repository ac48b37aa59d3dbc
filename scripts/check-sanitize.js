// Builds the C tests of test/kernels and runs them for each instruction set: plain, under AddressSanitizer and UBSan, under
// ThreadSanitizer, and NEON in an emulator. What cannot be run here is said: NOT RUN.
//
//   node scripts/check-sanitize.js plain      without a sanitizer: what `npm test` runs
//   node scripts/check-sanitize.js            plain, address and undefined behaviour, threads  (npm run check:sanitize)
//   node scripts/check-sanitize.js neon       cross-compiled, under qemu-aarch64               (npm run check:neon)
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseKernels } from "./kernel-list.js";
import { COMPILER_FLAGS, compiler, INSTRUCTION_SETS, sharedCall, tableHeader } from "./native.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const output = join(root, "build/check-kernels");
const NOT_THIS_PROCESSOR = 77;

/** Flags, and how dense the floats are and how long the pool is stressed: what is instrumented or emulated is slower. */
const SANITIZED = ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all"];
const BUILDS = {
  plain: { flags: ["-O2"], stride: 1009, rounds: 400 },
  "address,undefined": { flags: [...SANITIZED, "-fsanitize=address,undefined"], stride: 50_021, rounds: 200 },
  thread: { flags: [...SANITIZED, "-fsanitize=thread"], stride: 50_021, rounds: 200 },
};

/** run_<kernel>, for each kernel of kernels.h: it runs the kernel by one share, by several and in the pool. */
function runsHeader(list) {
  const run = (kernel, index) => {
    const { name, work, parameters } = kernel;
    const declarations = parameters.map(({ declaration }) => declaration).join(", ");
    const names = parameters.map((parameter) => parameter.name).join(", ");
    const way = work === "0" ? "run_alone" : "run_every_way";
    return `${sharedCall(kernel)}static void run_${name}(${declarations}) {\n  struct ${name}_arguments arguments = {&KERNEL_TABLE, ${names}};\n  kernel_runs[${index}]++;\n  ${way}(share_${name}, &arguments);\n}\n`;
  };
  const kernels = list.filter(({ result }) => result === "void");
  const quoted = kernels.map(({ name }) => `"${name}"`).join(", ");
  return `// Made by scripts/check-sanitize.js from kernels/kernels.h.\nenum { KERNEL_COUNT = ${kernels.length} };\nstatic const char *const kernel_names[] = {${quoted}};\nstatic int kernel_runs[KERNEL_COUNT];\n\n${kernels.map(run).join("\n")}`;
}

/** @returns {Promise<{ code: number | string, said: string, seconds: number }>} */
function run(command, options) {
  const start = performance.now();
  return new Promise((resolve) => {
    execFile(command[0], command.slice(1), { maxBuffer: 1 << 26, ...options }, (error, stdout, stderr) => {
      const code = error ? (error.code ?? error.signal ?? 1) : 0;
      resolve({ code, said: `${stdout}${stderr}`.trim(), seconds: (performance.now() - start) / 1000 });
    });
  });
}

/** Compiles the tests. @returns the program's path, or what the compiler said */
async function build({ command, set, setFlags, name, flags }) {
  const stem = join(output, `${set}-${name.replace(",", "-")}`);
  const common = [...COMPILER_FLAGS, ...flags, `-I${output}`, "-DTANDEM_NATIVE", "-DTANDEM_THREADS"];
  const units = [
    ["test/kernels/suite.c", [...setFlags, "-DKERNEL_TABLE=kernels_under_test"]],
    ["test/kernels/main.c", [`-DINSTRUCTION_SET="${set}"`]],
    ["kernels/native/pool.c", []],
  ];
  const objects = units.map((_, i) => `${stem}-${i}.o`);
  const commands = units.map(([source, own], i) => [...common, ...own, "-c", join(root, source), "-o", objects[i]]);
  for (const given of [...commands, [...flags, ...objects, "-pthread", "-lm", "-o", stem]]) {
    const { code, said } = await run([command, ...given]);
    if (code !== 0) return { said };
    if (said) console.log(said);
  }
  return { program: stem };
}

/** Runs the program; where a sanitizer cannot live with randomised addresses, without them. */
async function execute(command, options) {
  const result = await run(command, options);
  if (!result.said.includes("unexpected memory mapping")) return result;
  return run(["setarch", "--addr-no-randomize", ...command], options);
}

let [passed, failed, missing] = [0, 0, 0];
const sayFailed = (what, said) => {
  failed++;
  console.log(`${what}: FAILED\n${said}`);
};
const sayNotRun = (what, why) => {
  missing++;
  console.log(`NOT RUN: ${what}: ${why}.`);
};

async function check({ command, set, name, emulator = [], stride, rounds }, { program, said: compilerSaid }) {
  const what = `${set}, ${name}`;
  if (program === undefined) {
    if (/cannot find .*san|unsupported option .*sanitize/.test(compilerSaid))
      return sayNotRun(what, `${command} has no such sanitizer: ${compilerSaid.split("\n")[0]}`);
    return sayFailed(what, compilerSaid);
  }
  const { code, said, seconds } = await execute([...emulator, program, String(stride), String(rounds)], {
    env: { ...process.env, UBSAN_OPTIONS: "print_stacktrace=1" },
  });
  if (code === NOT_THIS_PROCESSOR) return sayNotRun(what, "this processor has no such instructions");
  if (code !== 0) return sayFailed(what, said || `ended with ${code}`);
  passed++;
  console.log(`${what}: ${said} (${seconds.toFixed(1)} s)`);
}

/** What is to be built and run, or why nothing can be. */
function plan(mode) {
  if (mode === "neon") {
    const command = "aarch64-linux-gnu-gcc";
    const emulator = ["qemu-aarch64"];
    for (const tool of [command, ...emulator])
      if (spawnSync(tool, ["--version"]).status !== 0)
        return {
          why: `${tool} does not run (Debian: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user)`,
        };
    const own = { command, set: "neon", setFlags: INSTRUCTION_SETS.arm64.neon, emulator, stride: 100_003, rounds: 60 };
    return { jobs: [{ ...own, name: "emulated", flags: ["-static"] }] };
  }
  const { command, why } = compiler();
  if (command === undefined) return { why };
  const builds = Object.entries(BUILDS).filter(([name]) => mode === undefined || mode === name);
  const sets = Object.entries(INSTRUCTION_SETS[process.arch]);
  return {
    jobs: builds.flatMap(([name, how]) => sets.map(([set, setFlags]) => ({ command, set, setFlags, name, ...how }))),
  };
}

const mode = process.argv[2];
const { jobs, why } = plan(mode);
if (jobs === undefined) {
  sayNotRun(`C tests of the kernels${mode ? ` (${mode})` : ""}`, why);
} else {
  mkdirSync(output, { recursive: true });
  const list = parseKernels(readFileSync(join(root, "kernels/kernels.h"), "utf8"));
  writeFileSync(join(output, "table.generated.h"), tableHeader(list));
  writeFileSync(join(output, "runs.generated.h"), runsHeader(list));
  // Compilers run side by side; then each program has the machine for itself.
  const built = [];
  let next = 0;
  const compile = async () => {
    while (next < jobs.length) {
      const i = next++;
      built[i] = await build(jobs[i]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, compile));
  for (const [i, job] of jobs.entries()) await check(job, built[i]);
}
console.log(`C tests of the kernels: ${passed} passed, ${failed} failed, ${missing} not run`);
process.exitCode = failed > 0 ? 1 : 0;
