import { makeBatch, planBatches } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { TandemError } from "../errors.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { Scope } from "../tensor/index.js";
import type { TranslateOptions } from "./options.js";
import { type Trace, traceLine } from "./trace.js";
import type { Alternative, StreamedText, Translation } from "./translation.js";
import { type AlternativesOptions, Translator } from "./translator.js";

/** Where `save` puts bytes; set by the Node entry, absent in browsers. */
let writeFile: ((path: string, bytes: Uint8Array) => Promise<void>) | undefined;
export function provideFileWriter(writer: typeof writeFile): void {
  writeFile = writer;
}

/** A trained model that turns sequences into sequences. */
export class TranslationModel {
  readonly task = "translate";

  readonly #translator: Translator;

  constructor(readonly core: Seq2Seq) {
    this.#translator = new Translator([core]);
  }

  get recipe() {
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
    const examples = pairs.map((pair, index) => this.core.example(pair, index));
    const plan = planBatches(examples, { batchTokens: 2048, seed: 0, epoch: 0 });
    const scope = new Scope(this.core.backend, { parent: this.core.packedWeights() });
    let [total, tokens] = [0, 0];
    try {
      for (const positions of plan) {
        const batch = makeBatch(Array.from(positions, (position) => examples[position]!));
        scope.reset();
        total += scope.run(() => this.core.network.loss(batch).item()) * batch.targetTokens;
        tokens += batch.targetTokens;
      }
    } finally {
      scope.dispose();
    }
    return { total, tokens };
  }

  /** The model file as bytes. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.core.toBytes();
  }

  /** Writes the model file, whole or not at all (Node only; elsewhere take `toBytes`). */
  async save(path: string): Promise<void> {
    if (writeFile === undefined)
      throw new TandemError("save: expected Node.js, got a browser. Use toBytes() and offer the bytes as a download.");
    await writeFile(path, this.toBytes());
  }

  /** Gives the model's memory back. */
  dispose(): void {
    this.core.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
