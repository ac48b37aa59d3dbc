import type { Batch, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { DataError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import type { Recipe } from "../recipe/schema.js";
import { toLower } from "../text/casing.js";
import type { Labels } from "../text/labels.js";
import { normalize } from "../text/tokenizer.js";
import { LabelNetwork } from "./label-network.js";
import { mergeDropout } from "./merge-dropout.js";
import { type ModelParts, pairName, ReadingModel, type TextEntry, type TextSide, textOf } from "./model.js";

export interface ClassifierParts extends ModelParts {
  source: TextSide;
  labels: Labels;
}

/** Task classify: a sequence to one of a closed set of labels. */
export class Classifier extends ReadingModel {
  readonly task = "classify";
  readonly source: TextSide;
  readonly labels: Labels;
  readonly network: LabelNetwork;

  constructor(backend: Backend, parts: ClassifierParts) {
    super(backend, parts);
    const { recipe, source, labels } = parts;
    this.source = source;
    this.labels = labels;
    this.network = new LabelNetwork(this.parameters, recipe, source.vocabulary.size, labels.size);
  }

  get targetSize(): number {
    return this.labels.size;
  }

  text(): TextEntry[] {
    return [...textOf("source", this.source), ["labels", this.labels]];
  }

  example(pair: Pair, index: number, part?: string, epoch?: number): Example {
    const label = labelOf(pair.target, this.recipe.target);
    const id = this.labels.idOf(label);
    if (id === undefined) throw unseenLabel("label", label, this.labels, pairName(pair, index, part));
    const { ids } = this.encodeSource(pair.source, mergeDropout(this.recipe, "source", index, epoch));
    return { index, source: Int32Array.from(ids), target: Int32Array.of(id) };
  }

  lossCount(batch: Batch): number {
    return batch.size;
  }
}

/** The target taken whole: trimmed, normalised and lower-cased as the recipe says. */
export function labelOf(target: string, { normalization, lowercase, language }: Recipe["target"]): string {
  const text = normalize(target.trim(), normalization);
  return lowercase ? toLower(text, language) : text;
}

/** Labels that a message lists. */
const LISTED_LABELS = 12;

/** A label that no training example had cannot be right or wrong. */
export function unseenLabel(kind: "label" | "tag", label: string, { names }: Labels, where: string): DataError {
  const listed = names.slice(0, LISTED_LABELS).map((name) => JSON.stringify(name));
  const known = `${listed.join(", ")}${names.length > LISTED_LABELS ? ` … (${names.length})` : ""}`;
  return new DataError(
    `${where}: expected a ${kind} of the training data, ${known}, got ${JSON.stringify(label)}. Correct it, or train with examples of it.`,
  );
}
