// Conversations, a turn a line and an empty line between two, → pairs: what was said, after the exchanges before it, TAB the reply.
//   node build/examples/corpora/dialogue-pairs.js [EXCHANGES] < conversations.txt > examples/corpora/dialogue/train.tsv
import { createInterface } from "node:readline";
import { TURN } from "tandem-seq2seq";

// Whoever reads may have enough after a few lines.
process.stdout.on("error", () => process.exit());

const exchanges = Number(process.argv[2] ?? 1);
if (!(Number.isInteger(exchanges) && exchanges >= 0)) {
  console.error(`dialogue pairs: expected a number of exchanges to keep, got "${process.argv[2]}". Give 0, 1, 2 …`);
  process.exit(2);
}

let turns: string[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  // Tabs part the sides of a pair, and the sign of a turn is nobody's word.
  const turn = line.replace(/[\t⏎\s]+/gu, " ").trim();
  if (turn === "") {
    turns = [];
    continue;
  }
  if (turns.length > 0) process.stdout.write(`${turns.slice(-(2 * exchanges + 1)).join(TURN)}\t${turn}\n`);
  turns.push(turn);
}
