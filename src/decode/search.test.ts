import { describe, expect, it } from "vitest";
import { distribution, lookedAt, toyDecoder } from "../../test/support/toy-decoder.js";
import { END, PAD, START, UNKNOWN } from "../text/vocabulary.js";
import { type BeamOptions, type BeamStep, beamSearch } from "./beam.js";
import { allocate, Requirement } from "./constraints.js";
import { ensembleDecoder } from "./ensemble.js";
import type { Hypothesis } from "./hypothesis.js";
import type { Sentence } from "./next-token.js";
import { forbid, forbidRepeatedNgrams, type Processor, penalizeRepetition } from "./processors.js";
import { drawFrom, Sampler } from "./sampler.js";
import { type WalkOptions, walk } from "./walk.js";

const SOURCE_TIME = 3;
/** `<pad> <unk> <s> </s>` and four words: five tokens may be written beside `</s>`. */
const VOCABULARY = 8;
const WORDS = [UNKNOWN, 4, 5, 6, 7];

const sentence = (changes: Partial<Sentence> = {}): Sentence => ({
  ...{ sourceTime: SOURCE_TIME, minLength: 0, maxLength: 5, prefix: [], randomKey: 1 },
  requirement: Requirement.of([]),
  ...changes,
});

const plain: BeamOptions = {
  ...{ beamSize: 4, nbest: 1, stopping: "full", lengthPenalty: 0, coveragePenalty: 0, processors: [], attention: true },
};

function finish<Result>(search: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
  }
}

const beam = (names: string[], sentences: Sentence[], options: Partial<BeamOptions> = {}, size = VOCABULARY) =>
  finish(beamSearch(toyDecoder(size, SOURCE_TIME), names, sentences, { ...plain, ...options }));
const walked = (names: string[], sentences: Sentence[], options: Partial<WalkOptions> = {}, size = VOCABULARY) =>
  finish(
    walk(toyDecoder(size, SOURCE_TIME), names, sentences, { count: 1, processors: [], attention: true, ...options }),
  );

/** The model's own log-probabilities of the ids and of `</s>`, step by step. */
function teacherForced(name: string, ids: readonly number[], size = VOCABULARY): number[] {
  return [...ids, END].map((id, t) => distribution({ sentence: name, read: [START, ...ids.slice(0, t)] }, size)[id]!);
}

function expectOwnScores(name: string, found: Hypothesis, size = VOCABULARY) {
  const forced = teacherForced(name, found.ids, size);
  expect(found.logProbabilities).toHaveLength(forced.length);
  for (const [t, value] of forced.entries()) expect(found.logProbabilities[t]).toBeCloseTo(value, 10);
  expect(found.score).toBeCloseTo(
    forced.reduce((total, value) => total + value, 0),
    10,
  );
  expect(found.attention).toHaveLength(forced.length);
  for (const [t, weights] of found.attention.entries()) {
    const looked = lookedAt({ sentence: name, read: [START, ...found.ids.slice(0, t)] }, SOURCE_TIME);
    for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo(looked[i]!, 6);
  }
}

const names = Array.from({ length: 40 }, (_, i) => `sentence ${i}`);

describe("greedy search", () => {
  it("takes the most probable token at every step", () => {
    for (const name of names) {
      const [found] = walked([name], [sentence()])[0]!;
      const ids: number[] = [];
      while (ids.length < 5) {
        const row = distribution({ sentence: name, read: [START, ...ids] }, VOCABULARY);
        row[PAD] = row[START] = Number.NEGATIVE_INFINITY;
        const best = row.indexOf(Math.max(...row));
        if (best === END) break;
        ids.push(best);
      }
      expect(found!.ids).toEqual(ids);
      expectOwnScores(name, found!);
    }
  });

  it("says whether the model ended an output or the longest length did", () => {
    const found = walked(
      names,
      names.map(() => sentence({ maxLength: 2 })),
    );
    for (const [i, [hypothesis]] of found.entries()) {
      const last = distribution({ sentence: names[i]!, read: [START, ...hypothesis!.ids] }, VOCABULARY);
      expect(hypothesis!.finished).toBe(Math.max(...last) === last[END]);
    }
    expect(new Set(found.map(([hypothesis]) => hypothesis!.finished)).size).toBe(2);
  });

  it("parts after the prefix into the best tokens there", () => {
    const found = walked(["x"], [sentence({ prefix: [5, 6] })], { count: 4 })[0]!;
    const row = distribution({ sentence: "x", read: [START, 5, 6] }, VOCABULARY);
    const ranked = [...WORDS, END].sort((a, b) => row[b]! - row[a]!).slice(0, 4);
    expect(found.map(({ ids }) => ids[2] ?? END)).toEqual(ranked);
    for (const hypothesis of found) {
      expect(hypothesis.ids.slice(0, 2)).toEqual([5, 6]);
      expectOwnScores("x", hypothesis);
    }
  });
});

describe("beam search", () => {
  it.each([
    ["nothing else", {}, []],
    ["a repetition penalty", {}, [penalizeRepetition(1.7)]],
    ["no bigram twice", {}, [forbidRepeatedNgrams(2)]],
    ["bans", {}, [forbid([[4], [5, 6]])]],
    ["lengths", { minLength: 3, maxLength: 4 }, []],
    ["a prefix", { prefix: [6, 7] }, []],
  ] as [string, Partial<Sentence>, Processor[]][])("of size 1 is greedy search, with %s", (_, changes, processors) => {
    const sentences = names.map(() => sentence({ maxLength: 12, ...changes }));
    const greedy = walked(names, sentences, { processors });
    const found = beam(names, sentences, { beamSize: 1, processors });
    for (const [i, [hypothesis]] of found.entries()) {
      const { ranking: _r, ...mine } = hypothesis!;
      const { ranking: _g, ...its } = greedy[i]![0]!;
      expect(mine).toEqual(its);
    }
  });

  /** Every output of at most `longest` tokens, by definition: no code is shared with the search. */
  function exhaustive(name: string, options: ExhaustiveOptions, longest = 5): { ids: number[]; ranking: number }[] {
    const { lengthPenalty = 0, coveragePenalty = 0, repetition = 1, ngram = 0, banned = [], shortest = 0 } = options;
    const all: { ids: number[]; ranking: number }[] = [];
    const visit = (ids: number[], total: number, looked: number[]) => {
      const row = distribution({ sentence: name, read: [START, ...ids] }, VOCABULARY);
      const weights = lookedAt({ sentence: name, read: [START, ...ids] }, SOURCE_TIME);
      const sum = looked.map((value, i) => value + weights[i]!);
      if (ids.length >= shortest && (options.required ?? []).every((id) => ids.includes(id))) {
        const length = ids.length + 1;
        const divisor = lengthPenalty === "average" ? length : ((5 + length) / 6) ** lengthPenalty;
        let covered = 0;
        for (const value of sum) covered += coveragePenalty * Math.log(Math.min(Math.fround(value), 1));
        all.push({ ids, ranking: (total + row[END]!) / divisor + covered });
      }
      if (ids.length === longest) return;
      for (const id of WORDS) {
        const longer = [...ids, id];
        const needed = options.required?.includes(id) && !ids.includes(id);
        const grams =
          ngram > 0 ? longer.map((_, i) => longer.slice(i, i + ngram).join()).slice(0, longer.length - ngram + 1) : [];
        if (
          !needed &&
          (new Set(grams).size < grams.length || banned.some((ban) => `,${longer.join()}`.endsWith(`,${ban.join()}`)))
        )
          continue;
        visit(longer, total + row[id]! * (ids.includes(id) && !needed ? repetition : 1), sum);
      }
    };
    visit([], 0, new Array(SOURCE_TIME).fill(0));
    return all.sort((a, b) => b.ranking - a.ranking);
  }
  interface ExhaustiveOptions {
    lengthPenalty?: number | "average";
    coveragePenalty?: number;
    repetition?: number;
    ngram?: number;
    banned?: number[][];
    shortest?: number;
    required?: number[];
  }

  it.each<ExhaustiveOptions>([
    {},
    { lengthPenalty: 0.6 },
    { lengthPenalty: 2 },
    { lengthPenalty: "average" },
    { coveragePenalty: 0.4 },
    { lengthPenalty: 1, coveragePenalty: 1 },
    { repetition: 1.5 },
    { ngram: 1 },
    { ngram: 2, lengthPenalty: "average" },
    { banned: [[4], [5, 6], [7, 7, 7]] },
    { shortest: 3 },
    { required: [6] },
    { required: [6, 4], banned: [[4]], lengthPenalty: 1 },
    { lengthPenalty: "average", coveragePenalty: 0.3, repetition: 1.3, ngram: 3, banned: [[5]], shortest: 2 },
  ])("of enough width finds what exhaustive search finds: %j", (options) => {
    const { lengthPenalty = 0, coveragePenalty = 0, repetition = 1, ngram = 0, banned = [] } = options;
    const processors = [
      ...(repetition === 1 ? [] : [penalizeRepetition(repetition)]),
      ...(ngram ? [forbidRepeatedNgrams(ngram)] : []),
      ...(banned.length ? [forbid(banned)] : []),
    ];
    const requirement = Requirement.of((options.required ?? []).map((id) => [id]));
    const given = sentence({ minLength: options.shortest ?? 0, requirement });
    // 5⁵ outputs of the longest length; with banks of required words each gets a share.
    const beamSize = 3125 * (requirement.total + 1);
    for (const name of ["one", "two"]) {
      const wanted = exhaustive(name, options).slice(0, 8);
      const found = beam([name], [given], {
        ...{ beamSize, nbest: 8, stopping: "never", lengthPenalty, coveragePenalty, processors },
      })[0]!;
      expect(found.map(({ ids }) => ids)).toEqual(wanted.map(({ ids }) => ids));
      for (const [i, { ranking }] of wanted.entries()) expect(found[i]!.ranking).toBeCloseTo(ranking, 6);
      for (const hypothesis of found) expectOwnScores(name, hypothesis);
    }
  });

  it.each([0, 0.6, 2, "average"] as const)(
    "stops without loss when no other output can win (penalty %s)",
    (lengthPenalty) => {
      for (const name of names.slice(0, 10)) {
        const run = (stopping: "certain" | "never") => {
          const decoder = toyDecoder(VOCABULARY, SOURCE_TIME);
          const options: BeamOptions = {
            ...plain,
            beamSize: 40,
            nbest: 3,
            stopping,
            lengthPenalty,
            coveragePenalty: 0.2,
          };
          const found = finish(beamSearch(decoder, [name], [sentence({ maxLength: 20 })], options));
          return { found, steps: decoder.rowsSeen.length };
        };
        const [early, late] = [run("certain"), run("never")];
        expect(early.found).toEqual(late.found);
        expect(early.steps).toBeLessThanOrEqual(late.steps);
        if (lengthPenalty === 0) expect(early.steps).toBeLessThan(late.steps);
      }
    },
  );

  it("returns n-best outputs, best first and all different", () => {
    const found = beam(
      names,
      names.map(() => sentence({ maxLength: 9 })),
      { beamSize: 6, nbest: 6, lengthPenalty: 0.6 },
    );
    for (const [i, hypotheses] of found.entries()) {
      expect(hypotheses).toHaveLength(6);
      expect(new Set(hypotheses.map(({ ids }) => ids.join())).size).toBe(6);
      for (const [j, { ranking }] of hypotheses.entries())
        expect(ranking).toBeLessThanOrEqual(hypotheses[Math.max(0, j - 1)]!.ranking);
      for (const hypothesis of hypotheses) expectOwnScores(names[i]!, hypothesis);
    }
  });

  it("says what it kept, ended and dropped at every step", () => {
    const steps: BeamStep[] = [];
    const [found] = beam(["seen"], [sentence()], { beamSize: 3, observe: (step) => steps.push(step) })[0]!;
    let open: number[][] = [[]];
    let ended: number[][] = [];
    for (const step of steps) {
      const grow = ({ parent, id }: { parent: number; id: number }) => [...open[parent]!, id];
      ended = [...ended, ...step.ended.map(grow)];
      // Nothing is kept once nothing longer is wanted.
      expect(step.stopped.length > 0).toBe(step === steps.at(-1) && step.kept.length === 0);
      const totals = [...step.kept, ...step.dropped].map(({ total }) => total);
      expect(Math.min(...step.kept.map(({ total }) => total), 0)).toBeGreaterThanOrEqual(
        Math.max(...step.dropped.filter(({ id }) => id !== END).map(({ total }) => total), Math.min(...totals)),
      );
      open = step.kept.map(grow);
    }
    expect(ended).toContainEqual([...found!.ids, END]);
  });

  it("gives one sentence where nothing may be written", () => {
    const everything = forbid(WORDS.map((id) => [id]));
    const run = () => beam(["x"], [sentence({ minLength: 1 })], { processors: [everything] });
    expect(run).toThrow("search: expected a token that may follow the first 0, got all of them forbidden.");
    const greedy = () => walked(["x"], [sentence({ minLength: 2 })], { processors: [everything] });
    expect(greedy).toThrow("got all of them forbidden");
  });
});

describe("a batch is its rows alone, bit for bit:", () => {
  const lengths = names.map((_, i) => sentence({ maxLength: 3 + (i % 9), prefix: i % 4 ? [] : [5], randomKey: i }));
  const sampler = new Sampler({ temperature: 1.3, topK: 0, topP: 0.9, seed: 5 });
  it.each([
    ["greedy search", (n: string[], s: Sentence[]) => walked(n, s)],
    ["alternatives", (n: string[], s: Sentence[]) => walked(n, s, { count: 3 })],
    ["samples", (n: string[], s: Sentence[]) => walked(n, s, { count: 3, sampler })],
    ["a beam", (n: string[], s: Sentence[]) => beam(n, s, { beamSize: 5, nbest: 5, lengthPenalty: 0.6 })],
    [
      "a beam with required words",
      (n: string[], s: Sentence[]) =>
        beam(
          n,
          s.map((given) => ({ ...given, requirement: Requirement.of([[4, 7]]) })),
          { beamSize: 5 },
        ),
    ],
  ])("%s", (_, search) => {
    const together = search(names, lengths);
    for (const [i, name] of names.entries()) expect(search([name], [lengths[i]!])[0]).toEqual(together[i]);
  });

  it("and finished rows leave it", () => {
    const decoder = toyDecoder(VOCABULARY, SOURCE_TIME);
    finish(beamSearch(decoder, names, lengths, plain));
    expect(decoder.rowsSeen.at(-1)!).toBeLessThanOrEqual(4);
    expect(Math.max(...decoder.rowsSeen)).toBeLessThanOrEqual(4 * names.length);
  });
});

describe("required words", () => {
  const size = 23;
  const cases = 500;
  const contains = (ids: readonly number[], phrase: readonly number[]) =>
    `,${ids.join()},`.includes(`,${phrase.join()},`);

  it(`stand in every output of ${cases} random cases, whatever the beam and the bans`, () => {
    const below = (key: string, limit: number) =>
      Math.floor(Math.exp(distribution({ sentence: key, read: [] }, 2, 1)[0]!) * limit);
    for (let i = 0; i < cases; i++) {
      const word = (n: number) => 4 + below(`${i} word ${n}`, size - 4);
      const phrases = Array.from({ length: 1 + below(`${i} phrases`, 3) }, (_, n) =>
        Array.from({ length: 1 + below(`${i} long ${n}`, 3) }, (_, m) => word(10 * n + m)),
      );
      const requirement = Requirement.of(phrases);
      const maxLength = requirement.total + below(`${i} room`, 8);
      const beamSize = 1 + (i % 7);
      const processors = [forbid([[phrases[0]![0]!], [11]]), forbidRepeatedNgrams(2), penalizeRepetition(1.5)];
      const given = sentence({ maxLength, minLength: below(`${i} least`, maxLength), requirement });
      const found = beam([`case ${i}`], [given], { beamSize, nbest: beamSize, processors, lengthPenalty: 1 }, size)[0]!;
      expect(found.length).toBeGreaterThan(0);
      for (const hypothesis of found) {
        for (const phrase of phrases)
          if (!contains(hypothesis.ids, phrase)) expect.fail(`case ${i}: ${phrase} is missing in ${hypothesis.ids}`);
        expect(hypothesis.ids.length).toBeLessThanOrEqual(maxLength);
        expectOwnScores(`case ${i}`, hypothesis, size);
      }
    }
  });

  it("a word required twice comes twice, and one in the prefix counts", () => {
    const [twice] = beam(["x"], [sentence({ requirement: Requirement.of([[6], [6]]) })])[0]!;
    expect(twice!.ids.filter((id) => id === 6).length).toBeGreaterThanOrEqual(2);
    const prefixed = sentence({ prefix: [4, 5], maxLength: 2, requirement: Requirement.of([[4, 5]]) });
    expect(beam(["x"], [prefixed])[0]![0]!.ids).toEqual([4, 5]);
  });

  it("is tracked phrase by phrase", () => {
    const start = Requirement.of([[4, 5], [6]]);
    expect(start.next()).toEqual([4, 6]);
    expect(start.after(4).next()).toEqual([5, 6]);
    expect(start.after(4).after(7).missing).toBe(3);
    expect(start.after(4).after(6).missing).toBe(2);
    expect(start.after(4).after(4).missing).toBe(2);
    expect(start.after(4).after(5).after(6).missing).toBe(0);
    expect(start.forced(3)).toEqual([4, 6]);
    expect(start.forced(4)).toBeUndefined();
    expect(start.after(4).forced(3)).toEqual([5, 6]);
    expect(start.after(4).forced(2)).toEqual([5]);
  });

  it("parts the beam into banks", () => {
    expect(allocate(5, [9])).toEqual([5]);
    expect(allocate(7, [9, 9, 9])).toEqual([2, 2, 3]);
    expect(allocate(7, [9, 1, 0])).toEqual([6, 1, 0]);
    expect(allocate(2, [9, 9, 9])).toEqual([0, 0, 2]);
    expect(allocate(9, [1, 1, 1])).toEqual([1, 1, 1]);
  });
});

describe("sampling", () => {
  const row = Float64Array.from([0.5, 0.25, 0.125, 0.125].map(Math.log));
  const frequencies = (options: { temperature?: number; topK?: number; topP?: number }) => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4096; i++)
      counts[drawFrom(row, { temperature: 1, topK: 0, topP: 1, ...options }, i / 4096)!]!++;
    return counts.map((count) => count / 4096);
  };

  it("draws as often as the probabilities, the temperature, top-k and top-p say", () => {
    for (const [i, share] of frequencies({}).entries()) expect(share).toBeCloseTo(Math.exp(row[i]!), 3);
    expect(frequencies({ topK: 2 }).map((share) => share.toFixed(2))).toEqual(["0.67", "0.33", "0.00", "0.00"]);
    expect(frequencies({ topP: 0.6 }).map((share) => share.toFixed(2))).toEqual(["0.67", "0.33", "0.00", "0.00"]);
    expect(frequencies({ topP: 0.4 })).toEqual([1, 0, 0, 0]);
    expect(frequencies({ topK: 3, topP: 0.8 }).map((share) => share.toFixed(2))).toEqual([
      "0.67",
      "0.33",
      "0.00",
      "0.00",
    ]);
    const squares = [0.25, 0.0625, 0.015625, 0.015625].map((square) => square / 0.34375);
    for (const [i, share] of frequencies({ temperature: 0.5 }).entries()) expect(share).toBeCloseTo(squares[i]!, 3);
  });

  it("takes the fewest tokens that have the probability together, whatever the row", () => {
    const shapes: [name: string, value: (i: number) => number][] = [
      ["flat with noise", (i) => Math.sin(i * 12.9898) / 50],
      ["of few values", (i) => -(i % 3)],
      ["steep and a long flat tail", (i) => (i < 3 ? 3 - i : -2 + Math.cos(i) / 9)],
      ["with what is forbidden", (i) => (i % 5 === 0 ? Number.NEGATIVE_INFINITY : Math.sin(i * 7.1))],
    ];
    for (const [name, value] of shapes)
      for (const topP of [0.3, 0.9, 0.999]) {
        const row = Float64Array.from({ length: 300 }, (_, i) => value((i * 37) % 300));
        const order = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b);
        const whole = row.reduce((sum, number) => sum + Math.exp(number), 0);
        let total = 0;
        const fewest = order.slice(0, order.findIndex((id) => (total += Math.exp(row[id]!)) >= topP * whole) + 1);
        const draws = 4000;
        const drawn = new Set(
          Array.from({ length: draws }, (_, i) => drawFrom(row, { temperature: 1, topK: 0, topP }, i / draws)),
        );
        expect(
          [...drawn].sort((a, b) => a! - b!),
          `${name}, ${topP}`,
        ).toEqual(fewest.sort((a, b) => a - b));
      }
  });

  it("takes half of a row of equals", () => {
    const flat = new Float64Array(1000).fill(Math.log(1 / 1000));
    const drawn = new Set(
      Array.from({ length: 1000 }, (_, i) => drawFrom(flat, { temperature: 1, topK: 0, topP: 0.5 }, i / 1000)),
    );
    expect(drawn.size).toBe(500);
  });

  it("depends on the seed, the sentence and the number of the sample, and scores by the model's own numbers", () => {
    const run = (seed: number, randomKey: number) =>
      walked(["x"], [sentence({ maxLength: 15, randomKey })], {
        count: 5,
        sampler: new Sampler({ temperature: 2, topK: 0, topP: 1, seed }),
      })[0]!;
    const texts = (found: Hypothesis[]) => found.map(({ ids }) => ids.join());
    expect(texts(run(1, 1))).toEqual(texts(run(1, 1)));
    expect(texts(run(2, 1))).not.toEqual(texts(run(1, 1)));
    expect(texts(run(1, 2))).not.toEqual(texts(run(1, 1)));
    expect(new Set(texts(run(1, 1))).size).toBeGreaterThan(1);
    for (const hypothesis of run(1, 1)) expectOwnScores("x", hypothesis);
  });
});

describe("an ensemble", () => {
  it("writes by the mean of the probabilities", () => {
    const members = [toyDecoder(VOCABULARY, SOURCE_TIME, 1), toyDecoder(VOCABULARY, SOURCE_TIME, 3)];
    const both = ensembleDecoder(members);
    const output = both.step(Int32Array.of(START, START), both.start(["a", "b"]));
    for (const [row, name] of ["a", "b"].entries()) {
      const [flat, peaked] = [1, 3].map((scale) => distribution({ sentence: name, read: [START] }, VOCABULARY, scale));
      for (let id = 0; id < VOCABULARY; id++) {
        const mean = (Math.exp(flat![id]!) + Math.exp(peaked![id]!)) / 2;
        expect(output.logProbabilities[row * VOCABULARY + id]).toBeCloseTo(Math.log(mean), 10);
      }
    }
    const moved = both.select(output.state, Int32Array.of(1));
    expect(moved.map((rows) => rows.map(({ sentence }) => sentence))).toEqual([["b"], ["b"]]);
  });

  it("of one model and itself is that model", () => {
    const one = toyDecoder(VOCABULARY, SOURCE_TIME);
    const sentences = names.map(() => sentence());
    const alone = finish(beamSearch(one, names, sentences, plain));
    const twice = finish(beamSearch(ensembleDecoder([one, one]), names, sentences, plain));
    for (const [i, [hypothesis]] of alone.entries()) {
      expect(twice[i]![0]!.ids).toEqual(hypothesis!.ids);
      expect(twice[i]![0]!.score).toBeCloseTo(hypothesis!.score, 10);
    }
  });
});
