import { TandemError } from "../errors.js";
import type { DecoderOutput, Numbers, StepDecoder } from "./step-decoder.js";

/**
 * Several decoders of one vocabulary as one:
 *
 *   p(token) = (1/n) Σ_i p_i(token),   attention = the mean of those that attend
 */
export function ensembleDecoder<Input, State>(
  members: readonly StepDecoder<Input, State>[],
): StepDecoder<Input, State[]> {
  const [first] = members;
  if (first === undefined) throw new TandemError("ensemble: expected at least one model, got none.");
  return {
    get vocabularySize() {
      return first.vocabularySize;
    },
    start: (input) => members.map((member) => member.start(input)),
    step(previousIds, states): DecoderOutput<State[]> {
      const outputs = members.map((member, i) => member.step(previousIds, states[i]!));
      return {
        logProbabilities: logMean(outputs.map(({ logProbabilities }) => logProbabilities)),
        attention: mean(outputs.flatMap(({ attention }) => attention ?? [])),
        state: outputs.map(({ state }) => state),
      };
    },
    select: (states, rows) => members.map((member, i) => member.select(states[i]!, rows)),
  };
}

/** log of the mean of exp, with the largest taken out so that nothing underflows. */
function logMean(members: readonly Numbers[]): Float64Array {
  const result = new Float64Array(members[0]!.length);
  for (let i = 0; i < result.length; i++) {
    let top = Number.NEGATIVE_INFINITY;
    for (const values of members) top = Math.max(top, values[i]!);
    let total = 0;
    for (const values of members) total += Math.exp(values[i]! - top);
    result[i] = top === Number.NEGATIVE_INFINITY ? top : top + Math.log(total / members.length);
  }
  return result;
}

function mean(members: readonly Numbers[]): Float64Array | undefined {
  if (members.length === 0) return undefined;
  const result = new Float64Array(members[0]!.length);
  for (const values of members) for (let i = 0; i < result.length; i++) result[i]! += values[i]! / members.length;
  return result;
}
