// How well a model answers the test's lines: their length, their words, their kinds and tones.
//   node build/examples/parallel-lines/measure.js runs/parallel-lines
import { outputsOf, percent } from "../made-data/measuring.js";
import { generateParallelLines, type LinePair, showcase } from "./generate.js";
import { lexicon, opposite } from "./lexicon.js";

const lengthOf = (text: string) => [...text].length;

/** Whether each word of the answer is some word of the same kind and of the other tone: good verse, though not the lexicon's. */
function fits({ words }: LinePair, answer: string): boolean {
  let rest = answer;
  for (const { pair, tone } of words) {
    const other = opposite[tone];
    const length = pair[other].length;
    const head = rest.slice(0, length);
    rest = rest.slice(length);
    if (!lexicon[pair.kind].some((each) => each[other] === head)) return false;
  }
  return rest === "";
}

const lines = generateParallelLines().test;
const [shown, ...answers] = await outputsOf(process.argv[2] ?? "runs/parallel-lines", [
  showcase,
  ...lines.map(({ source }) => source),
]);
const share = (isRight: (line: LinePair, answer: string) => boolean) =>
  percent(lines.filter((line, i) => isRight(line, answers[i]!)).length, lines.length);
const characters = lines.flatMap(({ target }, i) =>
  [...target].map((character, position) => [...answers[i]!][position] === character),
);

console.log(`${showcase} → ${shown}`);
console.log(`same length             ${share(({ source }, answer) => lengthOf(answer) === lengthOf(source))}`);
console.log(`kinds and tones answer  ${share(fits)}`);
console.log(`characters right        ${percent(characters.filter(Boolean).length, characters.length)}`);
console.log(`lines right             ${share(({ target }, answer) => answer === target)}   of ${lines.length}`);
