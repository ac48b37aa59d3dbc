import type { Backend } from "../kernels/kernels.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import type { TranslateOptions } from "./options.js";
import { type EncodeOptions, sentenceCodes } from "./sentence-codes.js";
import { TaskModel } from "./task-model.js";
import { type Trace, type TraceOptions, traceLine } from "./trace.js";
import type { Alternative, StreamedText, Translation } from "./translation.js";
import { type AlternativesOptions, Translator } from "./translator.js";

/**
 * A trained model that turns sequences into sequences: task `translate`.
 *
 * ```ts
 * import { train } from "tandem-seq2seq";
 *
 * using model = await train([["eins", "1"], ["zwei", "2"]], { train: { epochs: 1 } });
 * for (const { text, score } of await model.translate(["eins", "zwei"])) text satisfies string;
 * ```
 */
export class TranslationModel extends TaskModel<Seq2Seq> {
  readonly task = "translate";
  readonly #translator: Translator;

  /** `ownBackend` ends with the model; a backend that others use too is left to them. */
  constructor(core: Seq2Seq, ownBackend?: Backend) {
    super(core, ownBackend);
    this.#translator = new Translator([core]);
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

  /**
   * Every stage of the greedy prediction of one line: tokens, ids, embeddings, states, scores, weights, gates, candidates.
   * With a `beamSize` also the tree of a beam search: which outputs each step kept, finished and dropped. With a `prefix` it
   * goes on from there, and with `weights` it looks where it is told to.
   *
   * ```ts
   * import { train } from "tandem-seq2seq";
   *
   * using model = await train([["eins", "1"], ["zwei", "2"]], { train: { epochs: 1 } });
   * const { beam } = model.trace("eins", { beamSize: 3 });
   * for (const { candidates } of beam!.steps)
   *   for (const { token, parent, score, fate } of candidates) `${parent} → ${token} ${score} ${fate}` satisfies string;
   * const { steps } = model.trace("eins", { prefix: ["2"], weights: { 1: [0, 0, 0, 0, 1] } }); // 2, and then looking at </s>
   * ```
   */
  trace(line: string, { beamSize, ...options }: TraceOptions = {}): Trace {
    const trace = traceLine(this.core, line, options);
    return beamSize === undefined ? trace : { ...trace, beam: this.#translator.traceBeam(line, { beamSize }) };
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

  async outputs(inputs: readonly string[]): Promise<string[]> {
    return (await this.translate(inputs, { attention: false })).map(({ text }) => text);
  }
}
