// Who takes part: our own engine and its peers, each with every setting its own documentation calls fair.
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { AbsentError, Child } from "./child.js";
import { threadsText } from "./report.js";

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {"native" | "wasm" | "torch" | "tfjs"} family
 * @property {number} threads
 * @property {import("./limits.js").LimitKind} limit what its arithmetic is bound by
 * @property {string} [settings] how it is started, for the reader
 * @property {() => Promise<Child>} start
 */

/** @returns {Contender} `dist`: the build to measure, this tree's unless given */
export function ours(backend, threads, dist) {
  return {
    name: `tandem ${backend}`,
    family: backend,
    threads,
    limit: backend === "native" ? "fma" : "narrow",
    async start() {
      const args = [pathOf("ours.js"), "--backend", backend, "--threads", String(threads)];
      if (dist) args.push("--dist", dist);
      const child = new Child(this.name, process.execPath, args);
      await child.hello();
      return child;
    },
  };
}

/** What PyTorch does not inherit. OPENBLAS_CORETYPE may hold OpenBLAS to an older instruction set; thread counts are given anew. */
export const UNSET = [
  "OPENBLAS_CORETYPE",
  "OMP_NUM_THREADS",
  "MKL_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "ATEN_CPU_CAPABILITY",
];

function torchEnvironment(variables) {
  const env = { ...process.env };
  for (const name of UNSET) delete env[name];
  return { ...env, ...variables };
}

/** The thread settings of a build that are worth trying, by the library that computes its products. */
function torchSettings({ blas }, threads) {
  const all = String(threads);
  if (blas === "MKL") return [{ title: "", variables: { OMP_NUM_THREADS: all, MKL_NUM_THREADS: all } }];
  const inBlas = { title: "", variables: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: all } };
  if (threads === 1) return [inBlas];
  // OpenMP's threads and OpenBLAS's own would fight; OpenBLAS built on OpenMP shares them.
  return [
    { ...inBlas, title: " (BLAS)" },
    ...(blas.includes("OpenMP") ? [{ title: " (OpenMP)", variables: { OMP_NUM_THREADS: all } }] : []),
  ];
}

/** Interpreters that may have PyTorch: TANDEM_TORCH_PYTHON, several separated as in PATH, else python3. */
function interpreters() {
  const given = process.env.TANDEM_TORCH_PYTHON?.split(delimiter).filter(Boolean) ?? [];
  return given.length > 0 ? given : ["python3"];
}

/** @returns {{ contenders: Contender[], absent: string[] }} */
export function torch(threadCounts) {
  const contenders = [];
  const absent = [];
  for (const [number, python] of interpreters().entries()) {
    const probe = spawnSync(python, [pathOf("peers/torch_peer.py"), "--probe"], {
      encoding: "utf8",
      env: torchEnvironment({}),
    });
    if (probe.status !== 0) {
      const why = probe.error ? "does not run" : (probe.stderr.trim().split("\n").at(-1) ?? "failed");
      absent.push(`PyTorch: ${python}: ${why}. Set TANDEM_TORCH_PYTHON to interpreters that have it.`);
      continue;
    }
    const about = JSON.parse(probe.stdout);
    const build = `torch ${about.version} ${about.blas.split(" ")[0]}`;
    // Two interpreters may differ only in what their libraries are linked to.
    const label = contenders.some(({ name }) => name.startsWith(build)) ? `${build} (${number + 1})` : build;
    for (const threads of threadCounts)
      for (const { title, variables } of torchSettings(about, threads))
        contenders.push({
          name: `${label}${title}`,
          family: "torch",
          threads,
          limit: "fma",
          settings: `${about.blas}; ${Object.entries(variables)
            .map((entry) => entry.join("="))
            .join(" ")}`,
          async start() {
            const child = new Child(this.name, python, [pathOf("peers/torch_peer.py")], torchEnvironment(variables));
            await child.hello();
            return child;
          },
        });
  }
  return { contenders, absent };
}

/** @returns {Contender} */
export function tfjs() {
  return {
    name: "tfjs wasm",
    family: "tfjs",
    threads: 1,
    limit: "narrow",
    settings: "@tensorflow/tfjs-backend-wasm with SIMD; it has no threads in Node.js",
    async start() {
      const child = new Child(this.name, process.execPath, [pathOf("peers/tfjs.js")]);
      await child.hello();
      return child;
    },
  };
}

/**
 * Starts every contender; those that cannot be had are named.
 * @param {readonly Contender[]} contenders
 * @returns {Promise<{ running: { contender: Contender, child: Child }[], absent: string[] }>}
 */
export async function startAll(contenders) {
  const running = [];
  const absent = [];
  for (const contender of contenders)
    try {
      running.push({ contender, child: await contender.start() });
    } catch (error) {
      if (!(error instanceof AbsentError)) throw error;
      absent.push(`${contender.name}, ${threadsText(contender.threads)}: ${error.message}.`);
    }
  return { running, absent };
}
