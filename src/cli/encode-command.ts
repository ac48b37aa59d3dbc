import { RecipeError } from "../errors.js";
import type { BackendName } from "../kernels/backend.js";
import { lineGroups, openInput, writeOut } from "./lines.js";
import { openModel } from "./open-model.js";

export interface EncodeCommandOptions {
  format: "jsonl" | "tsv";
  backend?: BackendName;
  threads?: number;
}

/** A number as short as it can be and still be the same float32. */
const float32 = (value: number) => String(Number(value.toPrecision(9)));

/** Line in, vector out, in order: the code c of each line. An empty line has an empty vector. */
export async function encodeCommand(modelFile: string, file = "-", options: EncodeCommandOptions) {
  const { format } = options;
  const model = await openModel(modelFile, options);
  if (model.task === "language-model")
    throw new RecipeError(
      `encode ${modelFile}: expected a model with an encoder, got one of task ${model.task}. Only what reads a line has a vector of it.`,
    );
  for await (const lines of lineGroups(openInput(file), file === "-" ? "(standard input)" : file)) {
    const filled = lines.filter((line) => line.trim() !== "");
    const codes = (await model.encode(filled))[Symbol.iterator]();
    const vectors = lines.map((line) => (line.trim() === "" ? [] : Array.from(codes.next().value!, float32)));
    await writeOut(
      vectors.map((vector) => (format === "tsv" ? `${vector.join("\t")}\n` : `[${vector.join(",")}]\n`)).join(""),
    );
  }
}
