/** One output for a line. */
export interface Output {
  text: string;
  /** The tokens written, without `</s>`. */
  tokens: string[];
  /** Sum of the log-probabilities (natural logarithm) of its tokens and `</s>`. */
  score: number;
  /** The log-probability of each token and of `</s>`. */
  tokenScores: number[];
  /** What outputs of a line are ordered by: the score under the length and coverage penalties of a beam. */
  ranking: number;
  /** false: the longest length ended it, not the model. */
  finished: boolean;
  /** Absent in models without attention, and where it was not wanted. */
  attention?: {
    /** The source tokens and `</s>`. */
    columns: string[];
    /** The tokens written and `</s>`. */
    rows: string[];
    /** [rows, columns]; each row sums to 1. Of several heads the mean. */
    weights: number[][];
    /** Of several heads, each one's own: [heads, rows, columns]. */
    heads?: number[][][];
  };
}

/** The best output for a line, and the others. */
export interface Translation extends Output {
  /** What was read; `unknown` says which tokens the model does not know. */
  source: { tokens: string[]; unknown: boolean[] };
  /** The other outputs asked for by `nbest`, best first (samples: as drawn). */
  alternatives: Output[];
  /** Into how many sentences a long line was cut (`splitSentences`); absent where it was translated in one piece. */
  split?: number;
}

/** Another way to go on after a prefix. */
export interface Alternative extends Output {
  /** The token in place of which others could stand. */
  token: string;
  /** Of this token after the prefix. */
  probability: number;
}

/** What a stream tells after each token. */
export interface StreamedText {
  /** All of the output so far; a beam may still change its mind. */
  text: string;
  tokens: string[];
  /** With the last one: the finished translation. */
  translation?: Translation;
}
