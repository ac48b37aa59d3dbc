import { END } from "../text/vocabulary.js";
import { allocate, type Requirement } from "./constraints.js";
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
import { bestRanking, type PenaltyOptions, rankingOf } from "./penalties.js";
import { type Processor, Row } from "./processors.js";
import { bestOf, type DecoderOutput, type StepDecoder, selectChanged } from "./step-decoder.js";

export interface BeamOptions extends PenaltyOptions {
  beamSize: number;
  /** Outputs returned for each sentence, at most beamSize. */
  nbest: number;
  stopping: "full" | "certain" | "never";
  processors: readonly Processor[];
  /** Whether the weights of every output are kept; the coverage penalty reads them. */
  attention: boolean;
  /** Told after every step what became of each sentence's candidates. */
  observe?: ((step: BeamStep) => void) | undefined;
}

/** What a beam did in one step, for a picture of it. */
export interface BeamStep {
  /** Its number in the batch. */
  sentence: number;
  /** Tokens written before this step. */
  length: number;
  /** In the order of the next step's beam. */
  kept: BeamCandidate[];
  /** Best enough to be kept, but the sentence is done: nothing longer is wanted. */
  stopped: BeamCandidate[];
  /** Those that wrote `</s>` and are finished. */
  ended: BeamCandidate[];
  /** Looked at and left out, best first. */
  dropped: BeamCandidate[];
}

export interface BeamCandidate {
  /** Which of the sentence's unfinished outputs it goes on with. */
  parent: number;
  id: number;
  /** Its log-probability as the search counts it. */
  total: number;
  /** Of its last token, the model's own. */
  logProbability: number;
}

/** An unfinished output of a beam. */
interface RankedBranch extends Branch {
  /** Sum of the log-probabilities as the search counts them, penalties included. */
  total: number;
}

/** An unfinished output with a token more, not yet taken. */
interface Candidate extends BeamCandidate {
  branch: RankedBranch;
  /** The branch's row in the batch. */
  row: number;
  requirement: Requirement;
  /** The end came because nothing longer is allowed, not because the model wanted it. */
  cut: boolean;
}

/** A finished output by its `</s>`. */
interface Finished {
  end: Written;
  /** Whether the model would have ended here. */
  byItself: boolean;
  ranking: number;
}

interface Beam {
  readonly sentence: Sentence;
  branches: RankedBranch[];
  /** The best beamSize, best first. */
  finished: Finished[];
  finishedCount: number;
}

/**
 * Beam search: after every step each sentence keeps its `beamSize` most probable unfinished outputs; one whose `</s>` is
 * among the beamSize best candidates is finished. Sentences that are done leave the batch. Required words part the beam
 * into banks (`allocate`). Yields after each step the best unfinished output of the first sentence still open.
 */
export function* beamSearch<Input, State>(
  decoder: StepDecoder<Input, State>,
  input: Input,
  sentences: readonly Sentence[],
  options: BeamOptions,
): Generator<Branch | undefined, Hypothesis[][]> {
  const beams = sentences.map(
    (sentence): Beam => ({
      sentence,
      branches: [{ ...firstBranch(sentence), total: 0 }],
      finished: [],
      finishedCount: 0,
    }),
  );
  const plain = isPlain(sentences, options.processors);
  let open = beams;
  let state = decoder.start(input);
  while (open.length > 0) {
    const branches = open.flatMap((beam) => beam.branches);
    const output = decoder.step(previousIds(branches), state);
    const { outlook } = output;
    const candidates =
      outlook && plain
        ? proposePlainly(open, outlook, decoder.vocabularySize, options)
        : propose(open, output, decoder.vocabularySize, options);
    const attention = options.attention ? attentionOf(output, branches.length) : undefined;
    const parents: number[] = [];
    for (const [i, beam] of open.entries()) {
      const { kept, ended, dropped } = choose(candidates[i]!, beam.sentence.requirement.total + 1, options.beamSize);
      const length = lengthOf(beam.branches[0]!);
      if (kept.length + ended.length + beam.finished.length === 0) throw deadEnd(length);
      const { sourceTime } = beam.sentence;
      const write = ({ branch, row, id, logProbability, total, requirement }: Candidate) => {
        // Written out, for a spread takes many times as long.
        const weights = attention?.(row, sourceTime, length + 1);
        const last: Written = {
          previous: branch.last,
          id,
          logProbability,
          attention: weights?.attention,
          heads: weights?.heads,
          length: length + 1,
        };
        return { last, total, requirement };
      };
      for (const candidate of ended) finish(beam, write(candidate), !candidate.cut, options);
      const [going, stopped] = isDone(beam, kept, options) ? [[], kept] : [kept, []];
      options.observe?.({ sentence: beams.indexOf(beam), length, kept: going, stopped, ended, dropped });
      beam.branches = going.map(write);
      parents.push(...going.map(({ row }) => row));
    }
    open = open.filter((beam) => beam.branches.length > 0);
    state = selectChanged(decoder, output.state, parents, branches.length);
    yield open[0]?.branches[0];
  }
  return beams.map(({ finished }) =>
    finished.slice(0, options.nbest).map(({ end, byItself, ranking }) => hypothesisOf(end, byItself, ranking)),
  );
}

/**
 * The candidates of each open sentence of a search that changes no number, best first: those that may be kept or finished, of
 * which no more are made, and all where there is an observer.
 */
function proposePlainly(
  open: readonly Beam[],
  outlook: Required<DecoderOutput<unknown>>["outlook"],
  vocabularySize: number,
  { beamSize, observe }: BeamOptions,
): Candidate[][] {
  const branches = open.flatMap((beam) => beam.branches);
  const sentences = open.flatMap(({ sentence, branches }) => branches.map(() => sentence));
  const rows = new RowOutlooks(outlook, branches, (row) => sentences[row]!, beamSize + 1, vocabularySize);
  // As many as go on, and of each branch its `</s>`.
  const most = observe ? Number.POSITIVE_INFINITY : 2 * beamSize;
  let row = 0;
  return open.map(({ branches }) => {
    const best: Candidate[] = [];
    for (let parent = 0; parent < branches.length; parent++, row++) {
      const branch = branches[parent]!;
      const at = row;
      const cut = !rows.isOpen(at) && !rows.endIsBest(at);
      let taken = 0;
      rows.visit(at, (id, logProbability) => {
        const total = branch.total + logProbability;
        if (best.length === most && total <= best[most - 1]!.total) return false;
        insert(best, most, {
          branch,
          parent,
          row: at,
          id,
          cut,
          total,
          logProbability,
          requirement: branch.requirement,
        });
        return ++taken <= beamSize;
      });
    }
    return best;
  });
}

/** Puts a candidate into its place among the best, behind equals. */
function insert(best: Candidate[], most: number, candidate: Candidate): void {
  let at = Math.min(best.length, most - 1);
  for (; at > 0 && best[at - 1]!.total < candidate.total; at--) best[at] = best[at - 1]!;
  best[at] = candidate;
}

/** The candidates of each open sentence: of every branch its best tokens, or the only ones that may come. */
function propose<State>(
  open: readonly Beam[],
  output: DecoderOutput<State>,
  vocabularySize: number,
  { beamSize, processors }: BeamOptions,
): Candidate[][] {
  const values = output.logProbabilities;
  const result = open.map((): Candidate[] => []);
  const proposers: Proposer[] = [];
  for (const [beam, { sentence, branches }] of open.entries())
    for (const [parent, branch] of branches.entries()) {
      const numbers = new Row(values, proposers.length, vocabularySize);
      const only = prepareRow(numbers, branch, sentence, processors);
      const proposer = {
        branch,
        parent,
        row: proposers.length,
        numbers,
        into: result[beam]!,
        isOpen: only === undefined,
      };
      const cut = only !== undefined && lengthOf(branch) === sentence.maxLength && !endIsBest(numbers);
      const certain = only ?? (branch.requirement.missing > 0 ? branch.requirement.next() : []);
      for (const id of certain) proposer.into.push(candidateOf(proposer, id, numbers.get(id), cut));
      proposers.push(proposer);
    }
  // From here on memory may move; the rows are no longer read.
  if (proposers.some(({ isOpen }) => isOpen)) proposeBest(proposers, output, Math.min(beamSize + 1, vocabularySize));
  for (const candidates of result) candidates.sort((a, b) => b.total - a.total || a.row - b.row || a.id - b.id);
  return result;
}

/** The best tokens of the branches that may go on with more than a few. */
function proposeBest<State>(proposers: readonly Proposer[], output: DecoderOutput<State>, count: number): void {
  const best = bestOf(output, proposers.length, count);
  for (const proposer of proposers) {
    const { row, isOpen, branch, into } = proposer;
    const certain = branch.requirement.missing > 0 ? branch.requirement.next() : [];
    for (let place = row * count; isOpen && place < (row + 1) * count; place++) {
      const [id, value] = [best.ids[place]!, best.values[place]!];
      if (value !== Number.NEGATIVE_INFINITY && !certain.includes(id))
        into.push(candidateOf(proposer, id, value, false));
    }
  }
}

/** A branch with its row of numbers, and where its candidates go. */
interface Proposer {
  branch: RankedBranch;
  parent: number;
  row: number;
  numbers: Row;
  into: Candidate[];
  /** Whether more than a few given tokens may come. */
  isOpen: boolean;
}

function candidateOf({ branch, parent, row, numbers }: Proposer, id: number, value: number, cut: boolean): Candidate {
  return {
    branch,
    parent,
    row,
    id,
    cut,
    total: branch.total + value,
    logProbability: numbers.original(id, value),
    requirement: branch.requirement.after(id),
  };
}

/** Which candidates, best first, go on, which are finished, and which are left out; a bank for each number of required tokens met. */
function choose(candidates: readonly Candidate[], bankCount: number, beamSize: number) {
  const counts = new Array<number>(bankCount).fill(0);
  for (const { requirement } of candidates) counts[requirement.met]!++;
  const places = allocate(beamSize, counts);
  const ranks = new Array<number>(bankCount).fill(0);
  const taken = new Array<number>(bankCount).fill(0);
  const chosen = { kept: [] as Candidate[], ended: [] as Candidate[], dropped: [] as Candidate[] };
  for (const candidate of candidates) {
    const bank = candidate.requirement.met;
    const rank = ranks[bank]!++;
    if (candidate.id === END) chosen[rank < places[bank]! ? "ended" : "dropped"].push(candidate);
    else chosen[taken[bank]!++ < places[bank]! ? "kept" : "dropped"].push(candidate);
  }
  return chosen;
}

function finish(beam: Beam, end: RankedBranch & { last: Written }, byItself: boolean, options: BeamOptions): void {
  const ranking = rankingOf(end.last, end.total, options);
  const { finished } = beam;
  const better = finished.findIndex((other) => other.ranking < ranking);
  finished.splice(better < 0 ? finished.length : better, 0, { end: end.last, byItself, ranking });
  finished.length = Math.min(finished.length, options.beamSize);
  beam.finishedCount++;
}

/** Whether nothing that goes on is still wanted; `kept` stands best first. */
function isDone(
  { sentence, finished, finishedCount }: Beam,
  kept: readonly Candidate[],
  options: BeamOptions,
): boolean {
  const { stopping, beamSize, nbest } = options;
  if (kept.length === 0) return true;
  if (stopping === "full") return finishedCount >= beamSize;
  if (stopping === "never" || finished.length < nbest) return false;
  return bestRanking(kept[0]!.total, sentence.maxLength, options) <= finished[nbest - 1]!.ranking;
}
