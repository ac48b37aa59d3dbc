import { TandemError } from "../errors.js";
import type { TextSide, TrainingHistory, VectorCoverage } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import { readWordVectors } from "../text/word-vectors.js";

/** Opens a file of vectors, unpacked where it is packed; set by the Node entries, absent in browsers. */
type VectorFile = (path: string) => AsyncIterable<Uint8Array>;
let openVectors: VectorFile | undefined;
export function provideVectorFiles(open: VectorFile): void {
  openVectors = open;
}

/**
 * Puts the vectors of `model.pretrained` into the embeddings of a fresh model, and says in its history how many words have
 * one; the others keep their random ones. With `freeze` training leaves these tables as they are.
 */
export async function loadPretrained(model: AnyModel): Promise<void> {
  const { pretrained, embeddingSize, tieEmbeddings } = model.recipe.model;
  if (pretrained.source === undefined && pretrained.target === undefined) return;
  const coverage: NonNullable<TrainingHistory["pretrained"]> = {};
  for (const side of ["source", "target"] as const) {
    const path = pretrained[side];
    if (path === undefined) continue;
    if (openVectors === undefined)
      throw new TandemError(
        `model.pretrained.${side}: expected Node.js, where there are files, got a browser. Train in Node.js.`,
      );
    // A recipe of a task without this side names no file for it.
    const { vocabulary } = (model as Partial<Record<"source" | "target", TextSide>>)[side]!;
    const { rows } = await readWordVectors(openVectors(path), path, vocabulary, embeddingSize);
    const owner = side === "source" || tieEmbeddings === "all" ? "encoder" : "decoder";
    const table = model.parameters.get(`${owner}.embedding.weight`);
    const values = table.toArray();
    for (const [id, row] of rows) values.set(row, id * embeddingSize);
    table.set(values);
    if (pretrained.freeze) table.needsGradient = false;
    coverage[side] = { covered: rows.size, words: vocabulary.wordCount } satisfies VectorCoverage;
  }
  model.history.pretrained = coverage;
}
