import { makeBatch, planBatches } from "../data/batches.js";
import type { Pair } from "../data/pairs.js";
import { AbortedError, TandemError } from "../errors.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { Scope } from "../tensor/index.js";
import { END, UNKNOWN } from "../text/vocabulary.js";
import { greedySearch } from "./greedy.js";
import { type Trace, traceLine } from "./trace.js";

export interface TranslationOptions {
  signal?: AbortSignal;
}

export interface Translation {
  text: string;
  /** The tokens written, without `</s>`. */
  tokens: string[];
  /** Sum of the log-probabilities (natural logarithm) of its tokens and `</s>`. */
  score: number;
  /** What was read; `unknown` says which tokens the model does not know. */
  source: { tokens: string[]; unknown: boolean[] };
  /** Absent in models without attention. */
  attention?: {
    /** The source tokens and `</s>`. */
    columns: string[];
    /** The tokens written and, if it came, `</s>`. */
    rows: string[];
    /** [rows, columns]; each row sums to 1. Of several heads the mean. */
    weights: number[][];
    /** Of several heads, each one's own: [heads, rows, columns]. */
    heads?: number[][][];
  };
}

/** Where `save` puts bytes; set by the Node entry, absent in browsers. */
let writeFile: ((path: string, bytes: Uint8Array) => Promise<void>) | undefined;
export function provideFileWriter(writer: typeof writeFile): void {
  writeFile = writer;
}

/** Lines translated between two looks at the AbortSignal. */
const LINES_AT_ONCE = 256;

/** A trained model that turns sequences into sequences. */
export class TranslationModel {
  readonly task = "translate";

  constructor(readonly core: Seq2Seq) {}

  get recipe() {
    return this.core.recipe;
  }

  /** Translates lines, keeping their order (greedy search). Throws AbortedError when `signal` aborts. */
  async translate(lines: readonly string[], options: TranslationOptions = {}): Promise<Translation[]> {
    const results: Translation[] = [];
    for (let first = 0; first < lines.length; first += LINES_AT_ONCE) {
      if (first > 0) await new Promise((resolve) => setTimeout(resolve));
      if (options.signal?.aborted)
        throw new AbortedError(`translate: stopped after ${first} of ${lines.length} lines.`, {
          cause: options.signal.reason,
        });
      results.push(...this.#translateNow(lines.slice(first, first + LINES_AT_ONCE)));
    }
    return results;
  }

  #translateNow(lines: readonly string[]): Translation[] {
    const { source, target } = this.core;
    const sources = lines.map((line) => this.core.encodeSource(line));
    const end = target.vocabulary.tokenOf(END);
    return greedySearch(
      this.core,
      sources.map(({ ids }) => ids),
    ).map((hypothesis, i) => {
      const tokens = target.vocabulary.toTokens(hypothesis.ids);
      const read = sources[i]!;
      const translation: Translation = {
        text: target.tokenizer.decode(tokens),
        tokens,
        score: hypothesis.score,
        source: { tokens: read.tokens, unknown: read.ids.map((id) => id === UNKNOWN) },
      };
      if (hypothesis.attention.length > 0)
        translation.attention = {
          columns: [...read.tokens, source.vocabulary.tokenOf(END)],
          rows: hypothesis.finished ? [...tokens, end] : tokens,
          weights: hypothesis.attention,
          ...(hypothesis.heads.length > 0 && { heads: byHead(hypothesis.heads) }),
        };
      return translation;
    });
  }

  /** Every stage of the prediction of one line: tokens, ids, embeddings, states, scores, weights, gates, candidates. */
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
    const scope = new Scope(this.core.backend);
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

/** [rows, heads, columns] → [heads, rows, columns] */
const byHead = (rows: readonly number[][][]): number[][][] =>
  rows[0]!.map((_, head) => rows.map((heads) => heads[head]!));
