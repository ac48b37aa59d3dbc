import { availableParallelism, cpus } from "node:os";
import { createBackend } from "../kernels/backend.js";
import type { Backend } from "../kernels/kernels.js";
import { type NativeStatus, nativeStatus } from "../kernels/native/native.js";
import { wordProposer } from "../text/proposers.js";

/** A module of one function that splats an i32: valid only where WebAssembly knows SIMD. */
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Prints what this computer computes with. */
export async function doctorCommand(version: string): Promise<void> {
  const simd = WebAssembly.validate(SIMD_MODULE);
  const native = nativeStatus();
  const backend = !("why" in native) ? await createBackend("native") : simd ? await createBackend("wasm") : undefined;
  const facts: [string, string][] = [
    ["tandem", version],
    ["node", `${process.version} on ${process.platform} ${process.arch}`],
    ["processor", `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores`],
    ["native engine", describeNative(native, backend)],
    ["WebAssembly SIMD", simd ? "yes" : "no: expected Node.js 20.19 or newer. Update Node.js."],
    ["backend", backend?.name ?? "none"],
    ["threads", `${backend?.threads ?? 0}; --threads or TANDEM_THREADS: another number, same results`],
    ["Chinese words", await describeProposer()],
  ];
  if (backend) facts.push(["speed", `${gigaflops(backend).toFixed(0)} GFLOP/s (256 × 512 × 512, packed)`]);
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts) console.log(`${name.padEnd(width)}  ${value}`);
}

function describeNative(status: NativeStatus, backend: Backend | undefined): string {
  if ("why" in status) return `no: ${status.why}`;
  const others = status.instructionSets.filter((name) => name !== backend!.instructionSet);
  const choice = others.length > 0 ? `; TANDEM_ISA can force ${others.join(", ")}` : "";
  return `yes, for ${backend!.instructionSet}${choice}`;
}

async function describeProposer(): Promise<string> {
  const { name } = await wordProposer("zh");
  if (name === "jieba") return "jieba proposes them";
  return `${name} proposes them; npm install @node-rs/jieba finds better ones`;
}

const MILLISECONDS = 200;

/** y = x wᵀ with x [m, k], w [n, k], y [m, n], the packing not counted. */
function gigaflops({ memory, kernels }: Backend): number {
  const [m, n, k] = [256, 512, 512];
  const reserve = (count: number) => memory.reserve(count * memory.bytesPerElement);
  const [x, w, y, packed] = [reserve(m * k), reserve(n * k), reserve(m * n), reserve(kernels.packedLength(n, k))];
  for (const [pointer, count] of [[x, m * k] as const, [w, n * k] as const]) kernels.fill(pointer, 0.5, count);
  kernels.pack(packed, w, k, n, k);
  const multiply = () => kernels.product(y, n, x, k, packed, 0, m, n, k, 0);
  const productsASecond = () => {
    const start = performance.now();
    let products = 0;
    for (; performance.now() - start < MILLISECONDS; products++) multiply();
    return products / ((performance.now() - start) / 1000);
  };
  // The first time is for threads to start and for the processor to reach its speed.
  productsASecond();
  return (productsASecond() * 2 * m * n * k) / 1e9;
}
