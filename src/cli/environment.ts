import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import type { Backend } from "../kernels/kernels.js";
import { packageFolder } from "../node-package.js";
import type { Environment } from "../report/run-log.js";

/** The version of this package. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageFolder()!, "package.json"), "utf8")).version;
}

/** What computes here. */
export function environmentOf({ name, instructionSet, threads }: Backend): Environment {
  return {
    tandem: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    backend: name,
    ...(instructionSet && { instructionSet }),
    threads,
  };
}
