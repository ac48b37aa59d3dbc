import { existsSync } from "node:fs";
import { TandemError } from "../errors.js";
import { writeFileWhole } from "../node-files.js";
import { formatBytes } from "./format-bytes.js";
import { modelFileOf, openModel } from "./open-model.js";

/** Writes a copy of a model with weights of 8 bits, beside it unless told where; nothing is overwritten. */
export async function quantizeCommand(path: string, { out }: { out?: string }): Promise<void> {
  const file = modelFileOf(path);
  const target = out ?? `${file.replace(/\.safetensors$/, "")}.int8.safetensors`;
  using model = await openModel(path, { threads: 1 });
  if (model.core.weights === "int8")
    throw new TandemError(`quantize ${file}: expected float32 weights, got int8 ones. It is quantized already.`);
  if (existsSync(target))
    throw new TandemError(
      `quantize ${file}: expected a new file, got ${target}, which is there already. Remove it, or give another with --out.`,
    );
  const before = model.toBytes().length;
  const bytes = model.toBytes({ weights: "int8" });
  await writeFileWhole(target, bytes);
  const share = ((100 * bytes.length) / before).toFixed(0);
  console.log(`${target}: ${formatBytes(bytes.length)}, ${share} % of ${formatBytes(before)}`);
}
