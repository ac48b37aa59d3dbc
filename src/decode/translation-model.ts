/// <reference lib="esnext.disposable" preserve="true" />
import type { Pair, PairInput } from "../data/pairs.js";
import { TandemError } from "../errors.js";
import type { MetricName } from "../evaluate/index.js";
import type { Backend } from "../kernels/kernels.js";
import type { SaveOptions, Seq2Seq } from "../models/seq2seq.js";
import type { EvaluateOptions } from "./measure.js";
import type { TranslateOptions } from "./options.js";
import { likelihoods } from "./score.js";
import { type EncodeOptions, sentenceCodes } from "./sentence-codes.js";
import { type Trace, traceLine } from "./trace.js";
import type { Alternative, StreamedText, Translation } from "./translation.js";
import { type AlternativesOptions, Translator } from "./translator.js";

/** Where `save` puts bytes; set by the Node entry, absent in browsers. */
let writeFile: ((path: string, bytes: Uint8Array) => Promise<void>) | undefined;
export function provideFileWriter(writer: typeof writeFile): void {
  writeFile = writer;
}

/**
 * A trained model that turns sequences into sequences.
 *
 * ```ts
 * import { train } from "tandem-seq2seq";
 *
 * using model = await train([["eins", "1"], ["zwei", "2"]], { train: { epochs: 1 } });
 * for (const { text, score } of await model.translate(["eins", "zwei"])) text satisfies string;
 * ```
 */
export class TranslationModel {
  /** What kind of model it is; where there are several kinds, it tells their types apart. */
  readonly task = "translate";

  readonly #translator: Translator;
  readonly #ownBackend: Backend | undefined;

  /** `ownBackend` ends with the model; a backend that others use too is left to them. */
  constructor(
    readonly core: Seq2Seq,
    ownBackend?: Backend,
  ) {
    this.#translator = new Translator([core]);
    this.#ownBackend = ownBackend;
  }

  /** What it was trained by, every key with its value. */
  get recipe(): Seq2Seq["recipe"] {
    return this.core.recipe;
  }

  /** Translates lines, keeping their order: greedily, or as the recipe and the options say. */
  translate(lines: readonly string[], options?: TranslateOptions): Promise<Translation[]> {
    return this.#translator.translate(lines, options);
  }

  /** Translates one line token by token. */
  stream(line: string, options?: TranslateOptions): AsyncGenerator<StreamedText, void> {
    return this.#translator.stream(line, options);
  }

  /** What else could stand after `prefix`: the most probable tokens there, each with the output that begins so. */
  alternatives(line: string, prefix?: string, options?: AlternativesOptions): Promise<Alternative[]> {
    return this.#translator.alternatives(line, prefix, options);
  }

  /** Every stage of the greedy prediction of one line: tokens, ids, embeddings, states, scores, weights, gates, candidates. */
  trace(line: string): Trace {
    return traceLine(this.core, line);
  }

  /**
   * Negative log-likelihood of the targets under teacher forcing and the number of their tokens, `</s>` included:
   * perplexity is exp(total / tokens).
   */
  score(pairs: readonly Pair[]): { total: number; tokens: number } {
    const work = likelihoods(this.core, pairs);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  }

  /**
   * Measures the model on pairs it has not seen; every metric that was asked for is a number of the answer.
   *
   * ```ts
   * import { train } from "tandem-seq2seq";
   *
   * const pairs = [["eins", "1"], ["zwei", "2"], ["drei", "3"]] as const;
   * using model = await train(pairs, { train: { epochs: 1 } });
   * const { exact, ppl } = await model.evaluate(pairs, { metrics: ["exact", "ppl"] });
   * exact <= 100; // per cent
   * ppl >= 1; // 1 is certainty
   * ```
   */
  async evaluate<const Name extends MetricName = MetricName>(
    pairs: readonly PairInput[],
    options?: EvaluateOptions<Name>,
  ): Promise<Record<Name, number>> {
    // Pages that only translate need not load the metrics.
    const { measure } = await import("./measure.js");
    return (await measure(this.core, pairs, options)).numbers;
  }

  /**
   * The code c of each line: [forward state at the last token; backward state at the first] of the top layer, all that a
   * decoder without attention ever learns of a sentence. Lines of like meaning have codes of like direction.
   *
   * ```ts
   * import { train } from "tandem-seq2seq";
   *
   * using model = await train([["eins", "1"], ["zwei", "2"]], {
   *   model: { encoder: { hiddenSize: 24, bidirectional: true } },
   *   train: { epochs: 1 },
   * });
   * const [one, two] = await model.encode(["eins", "zwei"]);
   * one!.length; // 48
   * ```
   */
  encode(lines: readonly string[], options?: EncodeOptions): Promise<Float32Array<ArrayBuffer>[]> {
    return sentenceCodes(this.core, lines, options);
  }

  /**
   * The model file as bytes. With `weights: "int8"` it holds weights of 8 bits and a scale for each of their rows: about a
   * quarter of the size. A model opened from it computes with these weights, stays so when it is saved again, and is not
   * trained.
   *
   * ```ts
   * import { loadModel, train } from "tandem-seq2seq";
   *
   * using model = await train([["eins", "1"], ["zwei", "2"]], { train: { epochs: 1 } });
   * const bytes = model.toBytes({ weights: "int8" });
   * bytes.length < 0.4 * model.toBytes().length; // true
   * using small = await loadModel(bytes);
   * const [translation] = await small.translate(["eins"]);
   * ```
   */
  toBytes(options?: SaveOptions): Uint8Array<ArrayBuffer> {
    return this.core.toBytes(options);
  }

  /** Writes the model file, whole or not at all (Node only; elsewhere take `toBytes`, whose options are the same). */
  async save(path: string, options?: SaveOptions): Promise<void> {
    if (writeFile === undefined)
      throw new TandemError("save: expected Node.js, got a browser. Use toBytes() and offer the bytes as a download.");
    await writeFile(path, this.toBytes(options));
  }

  /** Gives the model's memory back, and ends its threads unless its backend was given to it. */
  dispose(): void {
    this.core.dispose();
    this.#ownBackend?.dispose?.();
  }

  /** `dispose`, called at the end of the block by `using model = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
