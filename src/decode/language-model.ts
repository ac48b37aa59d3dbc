import type { DecoderOnly } from "../models/decoder-only.js";
import { type GenerateOptions, type Generation, generateLines, type StreamedLine, streamLine } from "./generation.js";
import { type LineTrace, traceLineOf } from "./line-trace.js";
import { TaskModel } from "./task-model.js";

/**
 * A trained model of how lines go on: task `language-model`, a decoder without encoder.
 *
 * ```ts
 * import { train } from "tandem-seq2seq";
 *
 * const lines = ["birds sing", "birds fly", "we sing", "we dream of birds"];
 * using model = await train(lines, { task: "language-model", dev: [], train: { epochs: 1 } });
 * for (const { text, score } of await model.generate(3, { temperature: 0.8, seed: 7 })) score <= 0;
 * const [line] = await model.generate("we", { beamSize: 4 });
 * line!.text.startsWith("we");
 * for await (const { text } of model.stream("birds")) text satisfies string;
 * ```
 */
export class LanguageModel extends TaskModel<DecoderOnly> {
  readonly task = "language-model";

  /**
   * Writes lines: so many from nothing, or one for each prefix. They are drawn at random unless a search is asked for
   * (`sample: false`, or a `beamSize`); the same seed gives the same lines.
   */
  generate(wanted: number | string | readonly string[], options?: GenerateOptions): Promise<Generation[]> {
    return generateLines(this.core, wanted, options);
  }

  /** Writes one line token by token. */
  stream(prefix = "", options?: GenerateOptions): AsyncGenerator<StreamedLine, void> {
    return streamLine(this.core, prefix, options);
  }

  /** How probable each token of a line is after those before it, and what could have stood there. */
  trace(line: string): LineTrace {
    return traceLineOf(this.core, line);
  }

  /** The most probable lines with these beginnings. */
  async outputs(inputs: readonly string[]): Promise<string[]> {
    return (await this.generate(inputs, { sample: false, beamSize: 1 })).map(({ text }) => text);
  }
}
