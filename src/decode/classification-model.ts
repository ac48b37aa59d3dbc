import type { PairInput } from "../data/pairs.js";
import type { ClassificationReport } from "../evaluate/index.js";
import type { Classifier } from "../models/classifier.js";
import { type Classification, type ClassifyOptions, classifyLines } from "./classification.js";
import { type ClassificationTrace, traceClassification } from "./label-trace.js";
import { type EncodeOptions, sentenceCodes } from "./sentence-codes.js";
import { TaskModel } from "./task-model.js";

/**
 * A trained model that gives a sequence one of a closed set of labels: task `classify`.
 *
 * ```ts
 * import { train } from "tandem-seq2seq";
 *
 * const pairs = [["what time is it", "question"], ["it is late", "statement"], ["who is it", "question"], ["it is me", "statement"]] as const;
 * using model = await train(pairs, { task: "classify", dev: [], train: { epochs: 1 } });
 * const [result] = await model.classify(["what is it"], { reason: "gradient" });
 * result!.label; // "question"
 * result!.probabilities.length; // 2, the most probable first
 * result!.reason!.weights.length; // 4: the tokens and </s>
 * ```
 */
export class ClassificationModel extends TaskModel<Classifier> {
  readonly task = "classify";

  /** The labels it knows, in their order in the file. */
  get labels(): readonly string[] {
    return this.core.labels.names;
  }

  /** The label of each line, keeping their order. */
  classify(lines: readonly string[], options?: ClassifyOptions): Promise<Classification[]> {
    return classifyLines(this.core, lines, options);
  }

  /** Precision, recall and F1 of each label and which was taken for which, on examples the model has not seen. */
  async report(
    pairs: readonly PairInput[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<ClassificationReport> {
    const { measure } = await import("./measure.js");
    return (await measure(this.core, pairs, { ...options, metrics: ["accuracy"] })).report!;
  }

  /** Every stage of the classification of one line: tokens, ids, embeddings, states, the code, labels, the reason. */
  trace(line: string): ClassificationTrace {
    return traceClassification(this.core, line);
  }

  /** The code c of each line, which its label is read from. */
  encode(lines: readonly string[], options?: EncodeOptions): Promise<Float32Array<ArrayBuffer>[]> {
    return sentenceCodes(this.core, lines, options);
  }

  async outputs(inputs: readonly string[]): Promise<string[]> {
    return (await this.classify(inputs, { reason: false })).map(({ label }) => label);
  }
}
