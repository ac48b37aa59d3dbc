// Lines of lemma TAB form TAB tags (V;V.PTCP;PST) → pairs: the lemma's letters and the tags as tokens, TAB, the form.
//   node build/examples/corpora/inflection-pairs.js < english/train-high > examples/corpora/inflection/train.tsv
import { createInterface } from "node:readline";

// Whoever reads may have enough after a few lines.
process.stdout.on("error", () => process.exit());

let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  number++;
  const [lemma, form, tags] = line.split("\t");
  if (!lemma || !form || !tags) {
    console.error(
      `inflection pairs: line ${number}: expected lemma, form and tags parted by tabs, got "${line}". Correct the line.`,
    );
    process.exitCode = 1;
    break;
  }
  // A space of the lemma is a token of its own, for tokens are parted by spaces.
  const letters = [...lemma].map((letter) => (letter === " " ? "␣" : letter));
  process.stdout.write(`${[...letters, ...tags.split(";")].join(" ")}\t${form}\n`);
}
