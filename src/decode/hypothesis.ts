import { END } from "../text/vocabulary.js";

/** A written token, linked to those before it: unfinished outputs share what they have in common. */
export interface Written {
  readonly previous: Written | undefined;
  readonly id: number;
  /** The model's own, whatever a penalty made of it for the choice. NaN as long as `Unscored` has it to find out. */
  logProbability: number;
  /** The weights over the source tokens and its `</s>`. */
  readonly attention?: Float32Array | undefined;
  /** Of several heads, each one's own. */
  readonly heads?: Float32Array[] | undefined;
  /** Tokens up to this one. */
  readonly length: number;
}

/** A finished output. */
export interface Hypothesis {
  /** Without `</s>`. */
  ids: number[];
  /** Sum of the model's log-probabilities, `</s>` included. */
  score: number;
  /** What outputs are ordered by: the score under the penalties of the search. */
  ranking: number;
  /** For each id and for `</s>`: the model's log-probability. */
  logProbabilities: number[];
  /** For each id and for `</s>`: the weights over the source tokens and its `</s>`; empty without attention. */
  attention: Float32Array[];
  /** For each id and for `</s>`: the weights of each head; empty where there is one or none. */
  heads: Float32Array[][];
  /** Whether the model would have ended here; false where the longest length ended it. */
  finished: boolean;
}

/** From the first token to `last`. */
export function chain(last: Written | undefined): Written[] {
  const written = new Array<Written>(last?.length ?? 0);
  for (let token = last; token; token = token.previous) written[token.length - 1] = token;
  return written;
}

/** The ids from the first token to `last`. */
export function idsOf(last: Written | undefined): number[] {
  return chain(last).map(({ id }) => id);
}

/** The output that ends in `end`, a `</s>`. */
export function hypothesisOf(end: Written, finished: boolean, ranking?: number): Hypothesis {
  const written = chain(end);
  const score = written.reduce((total, { logProbability }) => total + logProbability, 0);
  return {
    ids: written.filter(({ id }) => id !== END).map(({ id }) => id),
    score,
    ranking: ranking ?? score,
    logProbabilities: written.map(({ logProbability }) => logProbability),
    attention: written.flatMap(({ attention }) => attention ?? []),
    heads: written.flatMap(({ heads }) => (heads ? [heads] : [])),
    finished,
  };
}
