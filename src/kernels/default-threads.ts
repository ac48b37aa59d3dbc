/** How many threads compute unless it is said: in Node.js TANDEM_THREADS, else every core this program may use. */
export function defaultThreads(): number {
  // Asked for at run time: there is no such module in browsers, and bundlers need not look for one.
  const node = globalThis.process?.getBuiltinModule?.("node:os");
  if (!node) return globalThis.navigator?.hardwareConcurrency ?? 1;
  const asked = Number(process.env["TANDEM_THREADS"]);
  return Number.isInteger(asked) && asked >= 1 ? asked : node.availableParallelism();
}
