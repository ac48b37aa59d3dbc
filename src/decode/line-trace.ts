import type { DecoderOnly } from "../models/decoder-only.js";
import { logSoftmax, Scope, topK } from "../tensor/index.js";
import { END, START, UNKNOWN } from "../text/vocabulary.js";
import { numbers } from "./source-trace.js";

/** A token of a line, after those before it. */
export interface TracedLineToken {
  token: string;
  /** Not in the vocabulary: the model sees `<unk>`. */
  unknown: boolean;
  /** p(token | the tokens before it) */
  probability: number;
  /** How many tokens are at least as probable here; 1: the model would have written it. */
  rank: number;
  /** The most probable tokens here, best first. */
  candidates: { token: string; probability: number }[];
}

/** A line as a language model reads it. */
export interface LineTrace {
  task: "language-model";
  input: string;
  /** BCP 47 tag, or "auto". */
  language: string;
  /** The tokens, the last one `</s>`. */
  tokens: TracedLineToken[];
  /** exp of the mean of −log p over the tokens. */
  perplexity: number;
}

const CANDIDATES = 5;

/** Reads `line` token by token; memory holds two steps at a time, however long it is. */
export function traceLineOf(model: DecoderOnly, line: string): LineTrace {
  const { vocabulary } = model.target;
  const { decoder } = model.network;
  const { tokens, ids } = model.encodeTarget(line);
  const session = () => new Scope(model.backend, { parent: model.packedWeights() });
  const start = session();
  const turns = [session(), session()] as [Scope, Scope];
  const one = { size: 1, sourceTime: 1, source: Int32Array.of(END), sourceMask: Float32Array.of(1) };
  try {
    let state = start.run(() => decoder.start(model.network.encode(one)));
    let previous = START;
    const traced = [...tokens, vocabulary.tokenOf(END)].map((token, i): TracedLineToken => {
      const id = ids[i] ?? END;
      // The state that this step reads lives in the other scope.
      turns.reverse();
      turns[0].reset();
      return turns[0].run(() => {
        const step = decoder.step(Int32Array.of(previous), state);
        const logProbabilities = logSoftmax(decoder.logits(step.features));
        const values = numbers(logProbabilities);
        const best = topK(logProbabilities, Math.min(CANDIDATES, vocabulary.size));
        state = step.state;
        previous = id;
        return {
          token,
          unknown: id === UNKNOWN,
          probability: Math.exp(values[id]!),
          rank: values.reduce((count, value, other) => count + Number(other !== id && value >= values[id]!), 1),
          candidates: Array.from(best.indices, (candidate, place) => ({
            token: vocabulary.tokenOf(candidate),
            probability: Math.exp(best.values[place]!),
          })),
        };
      });
    });
    const total = traced.reduce((sum, { probability }) => sum - Math.log(probability), 0);
    return {
      task: "language-model",
      input: line,
      language: model.target.tokenizer.options.language,
      tokens: traced,
      perplexity: Math.exp(total / traced.length),
    };
  } finally {
    for (const scope of [...turns, start]) scope.dispose();
  }
}
