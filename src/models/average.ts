import { ModelFileError } from "../errors.js";
import type { Recipe } from "../recipe/schema.js";
import { architectureDifference } from "./architecture.js";
import { FORMAT, type TrainingHistory } from "./model.js";
import { readSafetensors, type SafetensorsContent, type StoredTensor, writeSafetensors } from "./safetensors.js";

/** A model file, with its name for messages. */
export interface NamedModelFile {
  name: string;
  bytes: Uint8Array;
}

/**
 * The file of the model whose every parameter is the mean of those of these models, which must be of one architecture and
 * of the same vocabularies: states of one run, say. All else is that of the one trained longest. Sums are of float64.
 */
export function averageModels(files: readonly NamedModelFile[]): Uint8Array<ArrayBuffer> {
  if (files.length < 2)
    throw new ModelFileError(
      `average: expected at least two models, got ${files.length === 0 ? "none" : `${files[0]!.name} alone`}. Name more.`,
    );
  const models = files.map(({ name, bytes }) => ({ name, content: readModel(bytes, name) }));
  const [first, ...others] = models as [NamedContent, ...NamedContent[]];
  for (const other of others) refuseOther(first, other);
  const tensors = new Map<string, StoredTensor>();
  for (const [parameter, { shape, data }] of first.content.tensors) {
    const sum = Float64Array.from(data);
    for (const { content } of others)
      for (const [i, value] of content.tensors.get(parameter)!.data.entries()) sum[i]! += value;
    tensors.set(parameter, { shape, data: Float32Array.from(sum, (value) => value / models.length) });
  }
  const histories = models.map(({ content }) => historyOf(content));
  const steps = histories.map((history) => history.steps).sort((a, b) => a - b);
  const longest = steps.at(-1)!;
  const { metadata } = models[histories.findIndex((history) => history.steps === longest)]!.content;
  const history: TrainingHistory = { ...JSON.parse(metadata.get("history")!), averaged: steps };
  return writeSafetensors({ metadata: new Map([...metadata, ["history", JSON.stringify(history)]]), tensors });
}

interface NamedContent {
  name: string;
  content: SafetensorsContent;
}

const historyOf = ({ metadata }: SafetensorsContent) => JSON.parse(metadata.get("history")!) as TrainingHistory;

/** A model of float32 weights and nothing else. */
function readModel(bytes: Uint8Array, name: string): SafetensorsContent {
  const content = readSafetensors(bytes, name);
  const { metadata } = content;
  const fail = (rule: string, got: string, todo: string): never => {
    throw new ModelFileError(`average ${name}: expected ${rule}, got ${got}. ${todo}`);
  };
  if (metadata.get("format") !== FORMAT)
    fail("a Tandem model", "another safetensors file", "Give models made by tandem train.");
  if (metadata.has("training"))
    fail(
      "a model",
      "a checkpoint, which holds more than one",
      "Give model files, such as those that train.keepBest keeps.",
    );
  if (metadata.get("weights") === "int8")
    fail("float32 weights", "int8 ones", "Average the models they were made from and quantize that.");
  return content;
}

/** What of the metadata tells which token, or label, a row belongs to. */
const TEXT = ["source.tokenizer", "source.vocabulary", "target.tokenizer", "target.vocabulary", "labels"];

function refuseOther(first: NamedContent, other: NamedContent): void {
  const [recipe, otherRecipe] = [first, other].map(
    ({ content }) => JSON.parse(content.metadata.get("recipe")!) as Recipe,
  ) as [Recipe, Recipe];
  const refuse = (rule: string, got: string): never => {
    throw new ModelFileError(
      `average ${other.name}: expected ${rule} as in ${first.name}, got ${got}. Average models of one architecture and the same vocabularies, best of one run.`,
    );
  };
  const found = architectureDifference(recipe, otherRecipe);
  if (found) refuse(`${found.key} ${found.first}`, String(found.second));
  for (const key of TEXT)
    if (first.content.metadata.get(key) !== other.content.metadata.get(key)) refuse(`the same ${key}`, "another");
  for (const [parameter, { shape }] of first.content.tensors)
    if (other.content.tensors.get(parameter)?.shape.join() !== shape.join())
      refuse(`${parameter} [${shape.join(", ")}]`, "none of this shape");
}
