import { createRequire } from "node:module";
import { dirname } from "node:path";

const NAME = "tandem-seq2seq";

/**
 * The folder of this package. Its code stands at more than one depth below it, alone and in bundles, and so looks for it by
 * name. Undefined for code that was bundled into a program beside which the package is not installed.
 */
export function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${NAME}/package.json`));
  } catch {
    return undefined;
  }
}
