// What a worker runs. scripts/wasm.js bundles it into worker.generated.ts, so that it needs no address of its own.
import {
  CLOSED,
  DONE,
  hasShares,
  KERNEL,
  type Kernel,
  READY,
  STACK_BYTES,
  spin,
  type ThreadExports,
  TICKET,
  takeShares,
  VALUE_COUNT,
  type WorkerStart,
} from "./job.js";

/** Does its part of every job, until there will be no more. */
function work({ words, values, module, memory, kernelNames, stack }: WorkerStart): void {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as unknown as ThreadExports & Record<string, Kernel>;
  exports.__wasm_init_tls(stack);
  exports.__stack_pointer.value = stack + STACK_BYTES;
  const kernels = kernelNames.map((name) => exports[name]!);
  const call = () => {
    const given: number[] = [];
    for (let i = 0; i < words[VALUE_COUNT]!; i++) given.push(values[i]!);
    kernels[words[KERNEL]!]!(...given);
  };
  Atomics.add(words, READY, 1);
  for (;;) {
    const ticket = Atomics.load(words, TICKET);
    if (ticket === CLOSED) return;
    if (hasShares(words, ticket)) {
      Atomics.add(words, DONE, takeShares({ words, values }, exports.setShare, call));
      Atomics.notify(words, DONE);
    } else if (!spin(words, TICKET, ticket)) Atomics.wait(words, TICKET, ticket);
  }
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node) work(node.workerData as WorkerStart);
else
  addEventListener("message", ({ data }: MessageEvent<WorkerStart>) => {
    work(data);
    close();
  });
