import type { Tagger } from "../models/tagger.js";
import { type TaggingTrace, traceTagging } from "./label-trace.js";
import { type EncodeOptions, sentenceCodes } from "./sentence-codes.js";
import { type Tagging, type TagOptions, tagLines } from "./tagging.js";
import { TaskModel } from "./task-model.js";

/**
 * A trained model that gives every token a tag of a closed set: task `tag`.
 *
 * ```ts
 * import { train } from "tandem-seq2seq";
 *
 * const pairs = [["I sing", "PRON VERB"], ["birds sing", "NOUN VERB"]] as const;
 * using model = await train(pairs, { task: "tag", dev: [], train: { epochs: 1 } });
 * const [result] = await model.tag(["birds sing"]);
 * for (const { token, tag, probability } of result!.tokens) probability <= 1;
 * ```
 */
export class TaggingModel extends TaskModel<Tagger> {
  readonly task = "tag";

  /** The tags it knows, in their order in the file. */
  get labels(): readonly string[] {
    return this.core.labels.names;
  }

  /** The tags of each line, keeping their order. */
  tag(lines: readonly string[], options?: TagOptions): Promise<Tagging[]> {
    return tagLines(this.core, lines, options);
  }

  /** Every stage of the tagging of one line: tokens, ids, embeddings, states, and the tags of each. */
  trace(line: string): TaggingTrace {
    return traceTagging(this.core, line);
  }

  /** The code c of each line: the encoder's states at both ends. */
  encode(lines: readonly string[], options?: EncodeOptions): Promise<Float32Array<ArrayBuffer>[]> {
    return sentenceCodes(this.core, lines, options);
  }

  async outputs(inputs: readonly string[]): Promise<string[]> {
    return (await this.tag(inputs)).map(({ text }) => text);
  }
}
