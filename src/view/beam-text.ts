import type { Trace } from "../decode/trace.js";
import { fitToWidth } from "./display-width.js";

type BeamTrace = NonNullable<Trace["beam"]>;
type TracedCandidate = BeamTrace["steps"][number]["candidates"][number];

const MARKS: Record<TracedCandidate["fate"], string> = { kept: "│", finished: "■", stopped: "○", dropped: "×" };
/** Cells of the longest beginning that is shown. */
const WIDEST = 48;

/** A beam search step by step, for a terminal: every candidate with what it goes on from, its score, and what became of it. */
export function beamText({ beamSize, steps, outputs }: BeamTrace): string {
  const lines = [`A beam of ${beamSize}   │ kept   ■ finished   × dropped   ○ not wanted any more`];
  let written = [""];
  for (const [number, { candidates }] of steps.entries()) {
    lines.push("", `Step ${number + 1}`);
    const textOf = ({ parent, token }: TracedCandidate) => `${written[parent]} ${token}`.trimStart();
    for (const candidate of candidates) {
      const { fate, score, logProbability } = candidate;
      const numbers = `${score.toFixed(3).padStart(9)}  (${logProbability.toFixed(3)})`;
      lines.push(`  ${MARKS[fate]} ${fitToWidth(textOf(candidate), WIDEST)}${numbers}`);
    }
    written = candidates.filter(({ fate }) => fate === "kept").map(textOf);
  }
  lines.push("", "Outputs, best first");
  for (const { text, ranking } of outputs)
    lines.push(`  ${fitToWidth(text, WIDEST + 2)}${ranking.toFixed(3).padStart(9)}`);
  return lines.join("\n");
}
