import { tokenRows } from "../models/label-network.js";
import type { Tagger } from "../models/tagger.js";
import { Scope } from "../tensor/index.js";
import { UNKNOWN } from "../text/vocabulary.js";
import { Driver } from "./drive.js";
import { labelLogProbabilities, largestPlace } from "./label-probabilities.js";
import { inBatches } from "./source-batches.js";

/** A token and its tag. */
export interface TaggedToken {
  token: string;
  tag: string;
  probability: number;
  /** The model does not know the token: it reads `<unk>`. */
  unknown: boolean;
}

/** The tags of a line. */
export interface Tagging {
  tokens: TaggedToken[];
  /** The tags as the targets of training write them. */
  text: string;
}

/** What `tag` takes besides lines. */
export interface TagOptions {
  /** Stops the work; the promise then rejects with AbortedError. */
  signal?: AbortSignal | undefined;
}

/** A tag for each token of lines, in their order. */
export async function tagLines(
  model: Tagger,
  lines: readonly string[],
  { signal }: TagOptions = {},
): Promise<Tagging[]> {
  const results: Tagging[] = new Array(lines.length);
  let done = 0;
  const driver = new Driver(signal, () => `tag: stopped after ${done} of ${lines.length} lines`);
  driver.check();
  const read = lines.map((line) => model.encodeSource(line));
  const filled = [...read.keys()].filter((line) => read[line]!.ids.length > 0);
  for (const line of read.keys()) results[line] = { tokens: [], text: "" };
  const scope = new Scope(model.backend, { parent: model.packedWeights() });
  const labelCount = model.labels.size;
  try {
    const reading = filled.map((line) => read[line]!);
    await inBatches(model, reading, scope, driver, (batch, positions) => {
      const { values } = labelLogProbabilities(model, batch);
      for (const [at, place] of tokenRows(batch).entries()) {
        const position = positions[Math.floor(place / batch.sourceTime)]!;
        const own = values.subarray(at * labelCount, (at + 1) * labelCount);
        const best = largestPlace(own);
        const time = place % batch.sourceTime;
        const { tokens, ids } = reading[position]!;
        results[filled[position]!]!.tokens.push({
          token: tokens[time]!,
          tag: model.labels.nameOf(best),
          probability: Math.exp(own[best]!),
          unknown: ids[time] === UNKNOWN,
        });
      }
      done += positions.length;
    });
  } finally {
    scope.dispose();
  }
  for (const result of results) result.text = model.tagTokenizer.decode(result.tokens.map(({ tag }) => tag));
  return results;
}
