/// <reference lib="esnext.disposable" preserve="true" />
import type { Pair, PairInput } from "../data/pairs.js";
import { TandemError } from "../errors.js";
import type { TASK_METRICS, TaskMetric } from "../evaluate/index.js";
import type { Backend } from "../kernels/kernels.js";
import type { SaveOptions } from "../models/model.js";
import type { AnyModel } from "../models/model-file.js";
import type { EvaluateOptions } from "./measure.js";
import { likelihoods } from "./score.js";

/** Where `save` puts bytes; set by the Node entry, absent in browsers. */
let writeFile: ((path: string, bytes: Uint8Array) => Promise<void>) | undefined;
export function provideFileWriter(writer: typeof writeFile): void {
  writeFile = writer;
}

/** An example as a task takes it: a pair, or of a language model a line. */
export type ExampleInput<Task extends keyof typeof TASK_METRICS> = Task extends "language-model"
  ? string | PairInput
  : PairInput;

/** What the trained models of all tasks can do. */
export abstract class TaskModel<Core extends AnyModel> {
  readonly #ownBackend: Backend | undefined;

  /** `ownBackend` ends with the model; a backend that others use too is left to them. */
  constructor(
    readonly core: Core,
    ownBackend?: Backend,
  ) {
    this.#ownBackend = ownBackend;
  }

  /** What kind of model it is; it tells their types apart. */
  abstract readonly task: Core["task"];

  /** The model's own words for each input, in order: what training shows and measures. */
  abstract outputs(inputs: readonly string[]): Promise<string[]>;

  /** What it was trained by, every key with its value. */
  get recipe(): Core["recipe"] {
    return this.core.recipe;
  }

  /**
   * Negative log-likelihood of the targets under teacher forcing and the number of their tokens, `</s>` included (of labels
   * and tags: their number): perplexity is exp(total / tokens).
   */
  score(pairs: readonly Pair[]): { total: number; tokens: number } {
    const work = likelihoods(this.core, pairs);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  }

  /**
   * Measures the model on examples it has not seen; every metric that was asked for is a number of the answer.
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
  async evaluate<const Name extends TaskMetric<Core["task"]> = TaskMetric<Core["task"]>>(
    examples: readonly ExampleInput<Core["task"]>[],
    options?: EvaluateOptions<Name>,
  ): Promise<Record<Name, number>> {
    // Pages that only predict need not load the metrics.
    const { measure } = await import("./measure.js");
    return (await measure(this.core, examples, options)).numbers;
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
   * using small = await loadModel(bytes, { task: "translate" });
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
