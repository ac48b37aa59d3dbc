import { END } from "../text/vocabulary.js";
import { type Hypothesis, hypothesisOf } from "./hypothesis.js";
import {
  attentionOf,
  type Branch,
  deadEnd,
  endIsBest,
  firstBranch,
  lengthOf,
  prepareRow,
  previousIds,
  type Sentence,
} from "./next-token.js";
import { isPlain, outlookOf } from "./outlook.js";
import { type Processor, Row } from "./processors.js";
import type { Sampler } from "./sampler.js";
import { bestOf, type DecoderOutput, type StepDecoder, selectChanged } from "./step-decoder.js";

export interface WalkOptions {
  /** Outputs of each sentence: greedy ones part at the first token after the prefix, samples are drawn one by one. */
  count: number;
  /** Draws the tokens; without it each is the most probable one. */
  sampler?: Sampler | undefined;
  processors: readonly Processor[];
  /** Whether the weights of every output are kept. */
  attention: boolean;
}

/** An output on its way; it never looks back. */
interface Path extends Branch {
  /** Index of its sentence, and its number among the sentence's outputs. */
  sentence: number;
  number: number;
  total: number;
}

/** The choice of one token for a path. */
interface Choice {
  id: number;
  /** Its log-probability as the search counts it, and the model's own. */
  value: number;
  logProbability: number;
}

/**
 * Greedy search and sampling: one token after another, never taken back. With a count above 1 a sentence's outputs go
 * ways of their own after the prefix: greedy search takes the best `count` tokens there (the alternatives at this
 * place), sampling draws `count` times. Yields after each step the first output still open.
 */
export function* walk<Input, State>(
  decoder: StepDecoder<Input, State>,
  input: Input,
  sentences: readonly Sentence[],
  options: WalkOptions,
): Generator<Branch | undefined, Hypothesis[][]> {
  const results = sentences.map((): Hypothesis[] => []);
  let paths = sentences.map((sentence, index): Path => ({ ...firstBranch(sentence), sentence: index, number: 0 }));
  let state = decoder.start(input);
  while (paths.length > 0) {
    const output = decoder.step(previousIds(paths), state);
    const steps = chooseTokens(paths, sentences, output, decoder.vocabularySize, options);
    const attention = options.attention ? attentionOf(output, paths.length) : undefined;
    const parents: number[] = [];
    const open: Path[] = [];
    for (const [row, path] of paths.entries()) {
      const { choices, endIsOwn } = steps[row]!;
      if (choices.length === 0) throw deadEnd(lengthOf(path));
      for (const [i, { id, logProbability, value }] of choices.entries()) {
        const weights = attention?.(row, sentences[path.sentence]!.sourceTime, lengthOf(path) + 1);
        const last = { previous: path.last, id, logProbability, ...weights, length: lengthOf(path) + 1 };
        const number = path.number + i;
        if (id === END) results[path.sentence]![number] = hypothesisOf(last, endIsOwn);
        else {
          open.push({ ...path, last, number, total: path.total + value, requirement: path.requirement.after(id) });
          parents.push(row);
        }
      }
    }
    state = selectChanged(decoder, output.state, parents, paths.length);
    paths = open;
    yield open[0];
  }
  return results;
}

/** What each path goes on with: one token, or at its parting several. */
function chooseTokens<State>(
  paths: readonly Path[],
  sentences: readonly Sentence[],
  output: DecoderOutput<State>,
  vocabularySize: number,
  { count, sampler, processors }: WalkOptions,
): { choices: Choice[]; endIsOwn: boolean }[] {
  const wantedOf = (path: Path) =>
    lengthOf(path) === sentences[path.sentence]!.prefix.length ? Math.min(count, vocabularySize) : 1;
  const { outlook } = output;
  if (outlook && !sampler && isPlain(sentences, processors)) {
    const most = paths.reduce((most, path) => Math.max(most, wantedOf(path)), 1);
    const sentenceOf = (row: number) => sentences[paths[row]!.sentence]!;
    return outlookOf(outlook, paths, sentenceOf, most, vocabularySize).map(({ tokens, isOpen, endIsBest }, i) => ({
      choices: tokens.slice(0, wantedOf(paths[i]!)),
      endIsOwn: isOpen || endIsBest,
    }));
  }
  const values = output.logProbabilities;
  const steps = paths.map((path, i) => {
    const sentence = sentences[path.sentence]!;
    const row = new Row(values, i, vocabularySize);
    const only = prepareRow(row, path, sentence, processors);
    const wanted = wantedOf(path);
    const choose = (id: number, value = row.get(id)): Choice => ({
      id,
      value,
      logProbability: row.original(id, value),
    });
    let choices: Choice[] | undefined;
    if (only) choices = only.map((id) => choose(id));
    else if (sampler)
      choices = Array.from({ length: wanted }, (_, more) =>
        sampler.draw(row.values, path.number + more, lengthOf(path), sentence.randomKey),
      ).flatMap((id) => (id === undefined ? [] : choose(id)));
    return { choose, wanted, choices, endIsOwn: only === undefined || endIsBest(row) };
  });
  // From here on memory may move; the rows are no longer read.
  const most = steps.reduce((most, { choices, wanted }) => (choices ? most : Math.max(most, wanted)), 0);
  const best = most > 0 ? bestOf(output, paths.length, most) : undefined;
  return steps.map(({ choose, wanted, choices, endIsOwn }, i) => ({
    endIsOwn,
    choices:
      choices ??
      Array.from({ length: wanted }, (_, place) =>
        choose(best!.ids[i * most + place]!, best!.values[i * most + place]!),
      ).filter(({ value }) => value > Number.NEGATIVE_INFINITY),
  }));
}
