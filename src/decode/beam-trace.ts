import type { BeamCandidate, BeamStep } from "./beam.js";
import type { Output } from "./translation.js";

/** What became of a candidate: it goes on, it ended with `</s>`, it was not among the best, or all was finished by then. */
export type BeamFate = "kept" | "finished" | "dropped" | "stopped";

/** An unfinished output with one token more, as a beam looked at it. */
export interface TracedCandidate {
  token: string;
  /** Which of the candidates kept by the step before it goes on with, from 0; in the first step 0, the empty output. */
  parent: number;
  /** Of the token, the model's own. */
  logProbability: number;
  /** Of the whole output up to here, as the search counts it: what candidates are ordered by. */
  score: number;
  fate: BeamFate;
}

/** One step of a beam: everything it looked at, best first. Those kept are the parents of the next step, in this order. */
export interface TracedBeamStep {
  candidates: TracedCandidate[];
}

/** A beam search on the way: the tree of what was kept, finished and dropped. */
export interface BeamTrace {
  beamSize: number;
  steps: TracedBeamStep[];
  /** The finished outputs, best first. */
  outputs: Pick<Output, "text" | "score" | "ranking" | "finished">[];
}

/** What an observer of one sentence's beam was told, in tokens. */
export function tracedBeamSteps(steps: readonly BeamStep[], tokenOf: (id: number) => string): TracedBeamStep[] {
  return steps.map(({ kept, ended, dropped, stopped }) => {
    const traced = (candidates: readonly BeamCandidate[], fate: BeamFate) =>
      candidates.map(
        ({ id, parent, logProbability, total }): TracedCandidate => ({
          token: tokenOf(id),
          parent,
          logProbability,
          score: total,
          fate,
        }),
      );
    const all = [
      ...traced(kept, "kept"),
      ...traced(ended, "finished"),
      ...traced(stopped, "stopped"),
      ...traced(dropped, "dropped"),
    ];
    // Sorting keeps the order of equals: that of the beam.
    return { candidates: all.sort((a, b) => b.score - a.score) };
  });
}
