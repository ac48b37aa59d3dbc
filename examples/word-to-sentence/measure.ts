// How many held-out words get a sentence that the grammar says of them.
//   node build/examples/word-to-sentence/measure.js runs/word-to-sentence
import { outputsOf, percent } from "../made-data/measuring.js";
import { generateWordToSentence } from "./generate.js";
import { accepts, words } from "./grammar.js";

const heldOut = [...new Set(generateWordToSentence().test.map(({ source }) => source))];
const outputs = await outputsOf(process.argv[2] ?? "runs/word-to-sentence", heldOut);
const right = heldOut.filter((word, i) => accepts(word, outputs[i]!));
const elsewhere = heldOut.filter(
  (word, i) => !accepts(word, outputs[i]!) && words.some((other) => accepts(other.word, outputs[i]!)),
);
for (const [i, word] of heldOut.entries()) {
  if (!accepts(word, outputs[i]!)) console.log(`  ✗ ${word} → ${outputs[i]}`);
}
console.log(
  `accepted for the word    ${percent(right.length, heldOut.length)}   of ${heldOut.length} words never seen`,
);
console.log(`said of another word     ${percent(elsewhere.length, heldOut.length)}`);
