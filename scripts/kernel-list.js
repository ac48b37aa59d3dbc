// Reads kernels/kernels.h, the one list of kernels, for whoever makes code from it.

/**
 * @typedef {{ type: "pointer" | "int" | "float" | "double", declaration: string, name: string }} Parameter
 * @typedef {{ result: "int" | "void", name: string, work: string, parameters: Parameter[] }} Kernel
 */

/** @returns {Kernel[]} in the header's order; `work` holds no parentheses */
export function parseKernels(header) {
  const declarations = header.matchAll(/^KERNEL\((int|void), (\w+), ([^)]*)\)\(([^)]*)\);/gm);
  const kernels = Array.from(declarations, ([, result, name, work, list]) => ({
    result,
    name,
    work,
    parameters: list
      .replace(/\s+/g, " ")
      .split(", ")
      .map((declaration) => {
        const parameter = declaration.match(/(\w+)$/)[1];
        const type = declaration.includes("*") ? "pointer" : declaration.match(/^(int|float|double) /)[1];
        return { type, declaration, name: parameter };
      }),
  }));
  const count = header.match(/^KERNEL\(/gm).length;
  if (kernels.length !== count)
    throw new Error(
      `kernels.h: expected ${count} kernels of the form KERNEL(result, name, work)(parameters), read ${kernels.length}.`,
    );
  return kernels;
}
