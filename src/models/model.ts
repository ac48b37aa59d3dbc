import type { Batch, Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { TandemError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { type DropoutContext, Parameters, type StoredParameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { type Int8Weight, Scope, type Tensor } from "../tensor/index.js";
import type { MergeDropout } from "../text/bpe.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { Vocabulary } from "../text/vocabulary.js";
import type { Encoded } from "./encoder.js";
import { int8Tensors } from "./quantize.js";
import { type StoredTensor, writeSafetensors } from "./safetensors.js";

/** Grows when an older version could not read the file: 2 came with weights of 8 bits, and files without them stay 1. */
export const FORMAT_VERSION = { float32: 1, int8: 2 };

/** How the weights of a model are stored: as they were trained, or with 8 bits each and a scale for each row. */
export type WeightFormat = keyof typeof FORMAT_VERSION;

/** How a model's file is written. */
export interface SaveOptions {
  /** `int8`: a quarter of the size, and the model opened from it is faster and nearly as good. Its own format unless given. */
  weights?: "int8" | undefined;
}

/** What the metadata of every model file says of itself. */
export const FORMAT = "tandem-seq2seq";

/** What a model learns to do: the key `task` of its recipe. */
export type Task = Recipe["task"];

/** One side of the text: how lines become tokens and tokens become ids. */
export interface TextSide {
  tokenizer: Tokenizer;
  vocabulary: Vocabulary;
}

/** What training says of a finished model; no times, no paths: the same training gives the same file. */
export interface TrainingHistory {
  pairs: number;
  steps: number;
  /** Tokens of the longest source it was trained on, without `</s>`; absent in older files and in language models. */
  longestSource?: number;
  /** Tokens of the longest line a language model was trained on, without `</s>`. */
  longestLine?: number;
  /** How much of each side's vocabulary had a vector in a file of `model.pretrained`. */
  pretrained?: { source?: VectorCoverage; target?: VectorCoverage };
  /** Of a model that went on from another: the other's history, and its name. */
  from?: TrainingHistory & { name?: string };
  /** With `train.extendVocabulary`: how many words and labels it had not. */
  added?: { source?: number; target?: number; labels?: number };
  /** Of a mean of several models: the steps after which each was taken. */
  averaged?: number[];
  epochs: EpochHistory[];
}

/** Words with a pre-trained vector, of how many. */
export interface VectorCoverage {
  covered: number;
  words: number;
}

/** An epoch's losses in nats and what was measured on dev, in per cent or points. */
export interface EpochHistory {
  epoch: number;
  trainLoss: number;
  devLoss?: number;
  exact?: number;
  bleu?: number;
  accuracy?: number;
  f1?: number;
  chrf?: number;
  "chrf++"?: number;
  wer?: number;
  per?: number;
  cer?: number;
}

/** What a loss depends on besides the batch. */
export interface LossOptions {
  /** Switches dropout on. */
  training?: DropoutContext | undefined;
  /** Label smoothing. */
  smoothing?: number;
  /** Adds what the recipe wants of the attention: the losses of coverage and of guidance. */
  attentionLosses?: boolean;
  /** Times which the loss of guidance counts, where the batch is a part of a larger one; see `sharesOf`. */
  guidanceScale?: number;
}

/** A line as a model reads it, without `</s>`. */
export interface Reading {
  tokens: string[];
  ids: number[];
}

/** What a model of any task is made of; a task adds its text. */
export interface ModelParts {
  recipe: Recipe;
  history?: TrainingHistory;
  /** The parameters of a file; drawn from the seed where it is absent. */
  stored?: StoredParameters;
}

/**
 * What the models of all tasks share: recipe, parameters in a backend's memory, packed weights, and the file they are.
 * A task adds its text, how a pair becomes an example, and the loss.
 */
export abstract class Model {
  abstract readonly task: Task;
  readonly parameters: Parameters;
  readonly #scope: Scope;
  readonly #packed: Scope;
  #packedVersion = -1;
  #disposed = false;

  readonly recipe: Recipe;
  history: TrainingHistory;

  protected constructor(
    readonly backend: Backend,
    { recipe, history = { pairs: 0, steps: 0, epochs: [] }, stored }: ModelParts,
  ) {
    this.recipe = recipe;
    this.history = history;
    this.#scope = new Scope(backend);
    this.#packed = new Scope(backend);
    this.parameters = new Parameters(this.#scope, recipe.train.seed, stored);
  }

  /** What the model knows of text, in the order of the file: tokenisers, vocabularies, labels. */
  abstract text(): readonly TextEntry[];

  /**
   * A pair as ids. `part` is what messages call the data it is of; given an epoch, it is cut with the merges that the recipe's
   * `bpeDropout` leaves out in that.
   */
  abstract example(pair: Pair, index: number, part?: string, epoch?: number): Example;

  /** What it computes with. */
  abstract readonly network: { loss(batch: Batch, options?: LossOptions): Tensor };

  /** The mean loss in nats of the `lossCount(batch)` things that a batch asks to be predicted. */
  loss(batch: Batch, options?: LossOptions): Tensor {
    return this.network.loss(batch, options);
  }

  /** Target tokens with their `</s>`, or labels. */
  abstract lossCount(batch: Batch): number;

  /** Where weights stay packed from one use of the model to the next, until a parameter changes: the parent of a session. */
  packedWeights(): Scope {
    this.checkAlive();
    const { version } = this.parameters;
    if (version !== this.#packedVersion) this.#packed.reset();
    this.#packedVersion = version;
    return this.#packed;
  }

  /** Gives back the memory of `packedWeights`, where the parameters are about to change. */
  forgetPackedWeights(): void {
    this.#packed.clear();
  }

  /** How its weights are stored, in memory and in its file. */
  get weights(): WeightFormat {
    for (const [, tensor] of this.parameters) if (tensor.scales) return "int8";
    return "float32";
  }

  /** The tensors by name, as float32 copies. */
  tensors(): Map<string, StoredTensor> {
    this.checkAlive();
    const stored = new Map<string, StoredTensor>();
    for (const [name, tensor] of this.parameters)
      stored.set(name, { shape: tensor.shape, data: Float32Array.from(tensor.toArray()) });
    return stored;
  }

  /** The metadata of the model file, in fixed order. Where the data came from and when training was saved stay out. */
  metadata(weights: WeightFormat = this.weights): Map<string, string> {
    const { train: _train, dev: _dev, test: _test, alignments: _alignments, ...data } = this.recipe.data;
    const { pretrained: _pretrained, ...model } = this.recipe.model;
    const { tokenizerFile: _sourceFile, ...source } = this.recipe.source;
    const { tokenizerFile: _targetFile, ...target } = this.recipe.target;
    const { from: _from, checkpointEvery: _every, ...train } = this.recipe.train;
    return new Map([
      ["format", FORMAT],
      ["formatVersion", String(FORMAT_VERSION[weights])],
      ...(weights === "float32" ? [] : [["weights", weights] as const]),
      ["recipe", JSON.stringify({ ...this.recipe, data, source, target, model, train })],
      ...this.text().map(([key, value]): [string, string] => [key, JSON.stringify(value.toJSON())]),
      ["history", JSON.stringify(this.history)],
    ]);
  }

  /** The model file. */
  toBytes(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    const weights = options.weights ?? this.weights;
    const tensors = weights === "int8" ? int8Tensors(this.tensors(), this.#int8Weights()) : this.tensors();
    return writeSafetensors({ metadata: this.metadata(weights), tensors });
  }

  /** Those of its weights that have 8 bits, as they are. */
  #int8Weights(): Map<string, Int8Weight> {
    const { memory } = this.backend;
    const weights = new Map<string, Int8Weight>();
    for (const [name, { shape, pointer, size, scales }] of this.parameters)
      if (scales)
        weights.set(name, {
          shape,
          numbers: new Int8Array(memory.int8s(pointer, size)),
          scales: new Float32Array(scales.toArray()),
        });
    return weights;
  }

  dispose(): void {
    this.#disposed = true;
    this.#packed.dispose();
    this.#scope.dispose();
  }

  /** The memory of a disposed model may hold anything. */
  checkAlive(): void {
    if (this.#disposed)
      throw new TandemError("model: expected a live model, got one that was disposed. Load it again.");
  }
}

/** A model with an encoder: it reads lines, and each has a code c. */
export abstract class ReadingModel extends Model {
  abstract readonly source: TextSide;
  /** How many tokens it can write, or labels it can give. */
  abstract readonly targetSize: number;
  abstract override readonly network: Model["network"] & {
    encode(batch: SourceBatch, training?: DropoutContext): Encoded;
  };

  /** A line of the source as tokens and ids, without `</s>`. */
  encodeSource(line: string, dropout?: MergeDropout): Reading {
    this.checkAlive();
    const tokens = this.source.tokenizer.encode(line, dropout);
    return { tokens, ids: this.source.vocabulary.toIds(tokens) };
  }
}

/** What an encoder reads of a batch. */
export type SourceBatch = Pick<Batch, "size" | "sourceTime" | "source" | "sourceMask">;

/** A part of the metadata: its key, and what gives its JSON. */
export type TextEntry = readonly [key: string, value: { toJSON(): unknown }];

/** The metadata of a side, in the order of the file. */
export function textOf(name: "source" | "target", { tokenizer, vocabulary }: TextSide): TextEntry[] {
  return [
    [`${name}.tokenizer`, tokenizer],
    [`${name}.vocabulary`, vocabulary],
  ];
}

/** How messages name a pair: by its place where it came from a file. */
export function pairName({ place }: Pair, index: number, part?: string): string {
  return place ?? `${part === undefined ? "" : `${part} `}pair ${index + 1}`;
}
