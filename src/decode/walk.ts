import { END, PAD, START } from "../text/vocabulary.js";
import { type Hypothesis, hypothesisOf, type Written } from "./hypothesis.js";
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
import { isPlain, RowOutlooks } from "./outlook.js";
import { type Processor, Row } from "./processors.js";
import type { Sampler } from "./sampler.js";
import { bestOf, type DecoderOutput, type Numbers, type StepDecoder, selectChanged } from "./step-decoder.js";
import { scoreAll, type Unscored } from "./unscored.js";

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
  /** Its tokens whose probabilities are still to be found out. */
  unscored?: Unscored | undefined;
}

/** The choice of one token for a path. */
interface Choice {
  id: number;
  /** The model's own; NaN where `features` have it to be found out from. */
  logProbability: number;
  features?: Numbers;
}

interface StepChoices {
  choices: Choice[];
  /** Whether a `</s>` among them is what the model itself would write. */
  endIsOwn: boolean;
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
      for (const [i, { id, logProbability, features }] of choices.entries()) {
        const weights = attention?.(row, sentences[path.sentence]!.sourceTime, lengthOf(path) + 1);
        const last: Written = {
          previous: path.last,
          id,
          logProbability,
          attention: weights?.attention,
          heads: weights?.heads,
          length: lengthOf(path) + 1,
        };
        const number = path.number + i;
        const unscored = features ? { previous: path.unscored, written: last, features } : path.unscored;
        if (id === END) {
          const isBest = unscored && scoreAll(unscored, (...rows) => decoder.score!(...rows));
          results[path.sentence]![number] = hypothesisOf(last, endIsOwn || (features !== undefined && isBest!));
        } else {
          open.push({ sentence: path.sentence, number, last, unscored, requirement: path.requirement.after(id) });
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
): StepChoices[] {
  const wantedOf = (path: Path) =>
    lengthOf(path) === sentences[path.sentence]!.prefix.length ? Math.min(count, vocabularySize) : 1;
  const { outlook } = output;
  if (outlook && !sampler && isPlain(sentences, processors)) {
    const screened = count === 1 ? likeliestOf(output, paths, sentences) : undefined;
    if (screened) return screened;
    const most = paths.reduce((most, path) => Math.max(most, wantedOf(path)), 1);
    const sentenceOf = (row: number) => sentences[paths[row]!.sentence]!;
    const rows = new RowOutlooks(outlook, paths, sentenceOf, most, vocabularySize);
    return paths.map((path, row) => {
      const wanted = wantedOf(path);
      const choices: Choice[] = [];
      rows.visit(row, (id, logProbability) => choices.push({ id, logProbability }) < wanted);
      return { choices, endIsOwn: rows.isOpen(row) || rows.endIsBest(row) };
    });
  }
  const values = output.logProbabilities;
  const steps = paths.map((path, i) => {
    const sentence = sentences[path.sentence]!;
    const row = new Row(values, i, vocabularySize);
    const only = prepareRow(row, path, sentence, processors);
    const wanted = wantedOf(path);
    const choose = (id: number, value = row.get(id)): Choice => ({
      id,
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
      Array.from({ length: wanted }, (_, place) => i * most + place)
        .filter((at) => best!.values[at]! > Number.NEGATIVE_INFINITY)
        .map((at) => choose(best!.ids[at]!, best!.values[at]!)),
  }));
}

/** One token of each path, its probability left for later, where the decoder has such a way. */
function likeliestOf(
  output: DecoderOutput<unknown>,
  paths: readonly Path[],
  sentences: readonly Sentence[],
): StepChoices[] | undefined {
  const refused = paths.map((path) =>
    lengthOf(path) < sentences[path.sentence]!.minLength ? [PAD, START, END] : [PAD, START],
  );
  const found = output.likeliest?.((row) => refused[row]!);
  if (found === undefined) return undefined;
  const size = found.features.length / paths.length;
  return paths.map((path, row) => {
    const { prefix, maxLength } = sentences[path.sentence]!;
    const length = lengthOf(path);
    const isOpen = length >= prefix.length && length < maxLength;
    const id = isOpen ? found.ids[row]! : length < prefix.length ? prefix[length]! : END;
    const features = found.features.subarray(row * size, (row + 1) * size);
    return { choices: [{ id, logProbability: Number.NaN, features }], endIsOwn: isOpen };
  });
}
