export type { Backend, Kernels, Memory, Pointer } from "./kernels/kernels.js";
export { createWasmBackend } from "./kernels/wasm/wasm.js";
export { hashText, RandomStream } from "./random.js";
export * from "./tensor/index.js";
