import { makeBatch } from "../data/batches.js";
import type { Encoded } from "../models/encoder.js";
import type { ReadingModel } from "../models/model.js";
import type { Scope, Tensor } from "../tensor/index.js";
import { END, UNKNOWN } from "../text/vocabulary.js";

/** One token of the source on its way through the encoder. */
export interface TracedToken {
  token: string;
  id: number;
  /** Not in the vocabulary: the model sees `<unk>`. */
  unknown: boolean;
  /** [embeddingSize] */
  embedding: number[];
  /** The encoder's output here, [encoderSize]: forward state, then backward state. */
  state: number[];
  /** The code of the sentence up to here, [encoderSize]: c of a line that ended now. */
  prefixCode: number[];
  /** Cosine of c with the code of the sentence up to here: how c grows. */
  similarityToCode: number;
}

/** What happens to a line until the encoder has read it: the same for every task that reads. */
export interface SourceTrace {
  input: string;
  /** What the numbers are of: cells, sizes, attention, as the recipe has them. */
  model: ReadingModel["recipe"]["model"];
  /** How many tokens each side knows; of labels and tags their number. */
  vocabularySizes: { source: number; target: number };
  /** BCP 47 tags, or "auto". */
  languages: { source: string; target: string };
  /** The source tokens, the last one `</s>`. */
  source: TracedToken[];
  /** The sentence's code c, [encoderSize] */
  code: number[];
}

/** Encodes `line` into `sentence`, and each beginning of it into `prefixes`, one at a time. */
export function traceSource(
  model: ReadingModel,
  line: string,
  sentence: Scope,
  prefixes: Scope,
): { encoded: Encoded; trace: SourceTrace } {
  const { tokens, ids } = model.encodeSource(line);
  const encode = (source: readonly number[]) =>
    model.network.encode(makeBatch([{ index: 0, source: Int32Array.from(source), target: new Int32Array(0) }]));
  const encoded = sentence.run(() => encode(ids));
  const code = numbers(encoded.code);
  const codeOfPrefix = (length: number): number[] => {
    if (length >= ids.length) return code;
    prefixes.reset();
    return prefixes.run(() => numbers(encode(ids.slice(0, length)).code));
  };
  const [embeddings, states] = [rowsOf(encoded.embedded), rowsOf(encoded.outputs)];
  const source = [...tokens, model.source.vocabulary.tokenOf(END)].map((token, i): TracedToken => {
    const id = ids[i] ?? END;
    const prefixCode = codeOfPrefix(i + 1);
    const similarityToCode = cosine(prefixCode, code);
    return {
      ...{ token, id, unknown: id === UNKNOWN, embedding: embeddings[i]!, state: states[i]! },
      ...{ prefixCode, similarityToCode },
    };
  });
  const { recipe } = model;
  return {
    encoded,
    trace: {
      input: line,
      model: recipe.model,
      vocabularySizes: { source: model.source.vocabulary.size, target: model.targetSize },
      languages: { source: recipe.source.language, target: recipe.target.language },
      source,
      code,
    },
  };
}

/** A copy of a tensor's numbers as a plain array. */
export const numbers = (tensor: Tensor): number[] => [...tensor.toArray()];

/** […, size] → one array for each row */
export function rowsOf(tensor: Tensor): number[][] {
  const size = tensor.shape.at(-1)!;
  const all = numbers(tensor);
  return Array.from({ length: all.length / size }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((total, value, i) => total + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
