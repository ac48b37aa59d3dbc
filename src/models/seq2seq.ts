import { parseAlignment } from "../data/alignment.js";
import type { Example } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { ModelFileError, TandemError } from "../errors.js";
import type { Backend } from "../kernels/kernels.js";
import { Parameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { type Int8Weight, Scope } from "../tensor/index.js";
import { type Tokenizer, type TokenizerData, tokenizerFromJSON } from "../text/tokenizer.js";
import { Vocabulary } from "../text/vocabulary.js";
import { Seq2SeqNetwork } from "./network.js";
import { int8Tensors, int8WeightsOf } from "./quantize.js";
import { readSafetensors, type StoredTensor, writeSafetensors } from "./safetensors.js";

/** Grows when an older version could not read the file: 2 came with weights of 8 bits, and files without them stay 1. */
const FORMAT_VERSION = { float32: 1, int8: 2 };
const FORMAT = "tandem-seq2seq";

/** How the weights of a model are stored: as they were trained, or with 8 bits each and a scale for each row. */
export type WeightFormat = keyof typeof FORMAT_VERSION;

/** How a model's file is written. */
export interface SaveOptions {
  /** `int8`: a quarter of the size, and the model opened from it is faster and nearly as good. Its own format unless given. */
  weights?: "int8" | undefined;
}

/** One side of the text: how lines become tokens and tokens become ids. */
export interface TextSide {
  tokenizer: Tokenizer;
  vocabulary: Vocabulary;
}

/** What training says of a finished model; no times, no paths: the same training gives the same file. */
export interface TrainingHistory {
  pairs: number;
  steps: number;
  /** Tokens of the longest source it was trained on, without `</s>`; absent in older files. */
  longestSource?: number;
  epochs: { epoch: number; trainLoss: number; devLoss?: number; exact?: number; bleu?: number }[];
}

export interface Seq2SeqParts {
  recipe: Recipe;
  source: TextSide;
  target: TextSide;
  history?: TrainingHistory;
  /** The weights that have 8 bits, by name. */
  int8?: ReadonlyMap<string, Int8Weight>;
}

/** A model: recipe, text of both sides, and a network in a backend's memory. It is one file. */
export class Seq2Seq {
  readonly recipe: Recipe;
  readonly source: TextSide;
  readonly target: TextSide;
  history: TrainingHistory;
  readonly parameters: Parameters;
  readonly network: Seq2SeqNetwork;
  readonly #scope: Scope;
  readonly #packed: Scope;
  #packedVersion = -1;
  #disposed = false;

  constructor(
    readonly backend: Backend,
    { recipe, source, target, history = { pairs: 0, steps: 0, epochs: [] }, int8 }: Seq2SeqParts,
  ) {
    this.recipe = recipe;
    this.source = source;
    this.target = target;
    this.history = history;
    this.#scope = new Scope(backend);
    this.#packed = new Scope(backend);
    this.parameters = new Parameters(this.#scope, recipe.train.seed, int8);
    this.network = new Seq2SeqNetwork(this.parameters, recipe, source.vocabulary.size, target.vocabulary.size);
  }

  /** A line of the source as tokens and ids, without `</s>`. */
  encodeSource(line: string): { tokens: string[]; ids: number[] } {
    this.checkAlive();
    const tokens = this.source.tokenizer.encode(line);
    return { tokens, ids: this.source.vocabulary.toIds(tokens) };
  }

  example(pair: Pair, index: number): Example {
    const { vocabulary, tokenizer } = this.target;
    const source = Int32Array.from(this.encodeSource(pair.source).ids);
    const target = Int32Array.from(vocabulary.toIds(tokenizer.encode(pair.target)));
    if (pair.alignment === undefined) return { index, source, target };
    const alignment = parseAlignment(pair.alignment, source.length, target.length, `pair ${index + 1}`);
    return { index, source, target, alignment };
  }

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

  /** The metadata of the model file, in fixed order. Where the data came from stays out. */
  metadata(weights: WeightFormat = this.weights): Map<string, string> {
    const { train: _train, dev: _dev, test: _test, ...data } = this.recipe.data;
    return new Map([
      ["format", FORMAT],
      ["formatVersion", String(FORMAT_VERSION[weights])],
      ...(weights === "float32" ? [] : [["weights", weights] as const]),
      ["recipe", JSON.stringify({ ...this.recipe, data })],
      ["source.tokenizer", JSON.stringify(this.source.tokenizer.toJSON())],
      ["source.vocabulary", JSON.stringify(this.source.vocabulary.toJSON())],
      ["target.tokenizer", JSON.stringify(this.target.tokenizer.toJSON())],
      ["target.vocabulary", JSON.stringify(this.target.vocabulary.toJSON())],
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

/** Opens a model file. `name` is its name for messages. */
export function seq2seqFromBytes(backend: Backend, bytes: Uint8Array, name: string): Seq2Seq {
  const { metadata, tensors } = readSafetensors(bytes, name);
  const field = (key: string): string => {
    const value = metadata.get(key);
    if (value === undefined)
      throw new ModelFileError(
        `model ${name}: expected a ${key} in its metadata, got none. Give a model made by tandem train.`,
      );
    return value;
  };
  if (metadata.get("format") !== FORMAT)
    throw new ModelFileError(
      `model ${name}: expected a Tandem model, got another safetensors file. Give a model made by tandem train.`,
    );
  const version = Number(field("formatVersion"));
  if (!(version <= FORMAT_VERSION.int8))
    throw new ModelFileError(
      `model ${name}: expected format version ${FORMAT_VERSION.int8} or older, got ${version}. Update tandem-seq2seq.`,
    );
  const parse = <Value>(key: string): Value => {
    try {
      return JSON.parse(field(key)) as Value;
    } catch (cause) {
      if (cause instanceof ModelFileError) throw cause;
      throw new ModelFileError(`model ${name}: expected JSON in ${key}, got something else. Train the model again.`, {
        cause,
      });
    }
  };
  const side = (which: "source" | "target"): TextSide => ({
    tokenizer: tokenizerFromJSON(parse<TokenizerData>(`${which}.tokenizer`)),
    vocabulary: Vocabulary.fromJSON(parse<string[]>(`${which}.vocabulary`)),
  });
  try {
    const model = new Seq2Seq(backend, {
      recipe: parse<Recipe>("recipe"),
      source: side("source"),
      target: side("target"),
      history: parse<TrainingHistory>("history"),
      int8: int8WeightsOf(tensors, name),
    });
    for (const [parameter, { scales }] of model.parameters) {
      if (scales) continue;
      const stored = tensors.get(parameter);
      if (stored === undefined)
        throw new ModelFileError(
          `model ${name}: expected the parameter ${parameter} its recipe asks for, got none. The file is damaged.`,
        );
      model.parameters.load(parameter, stored.shape, stored.data);
    }
    return model;
  } catch (cause) {
    if (cause instanceof ModelFileError) throw cause;
    throw new ModelFileError(
      `model ${name}: expected what its own recipe describes, got something else (${(cause as Error).message}). The file is damaged.`,
      { cause },
    );
  }
}
