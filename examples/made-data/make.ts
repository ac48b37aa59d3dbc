// Makes the data of an example: train.tsv, dev.tsv and test.tsv, beside its recipe or in a folder.
//   node build/examples/made-data/make.js parallel-lines [FOLDER]
import { fileURLToPath } from "node:url";
import { writeCopyNames } from "../copy-names/generate.js";
import { writeParallelLines } from "../parallel-lines/generate.js";
import { writeSentenceKinds } from "../sentence-kinds/generate.js";
import { writeSmallTalk } from "../small-talk/generate.js";
import { writeWordToSentence } from "../word-to-sentence/generate.js";
import type { Published } from "./files.js";

const writers: Readonly<Record<string, (folder: string) => Promise<Published>>> = {
  "word-to-sentence": writeWordToSentence,
  "sentence-kinds": writeSentenceKinds,
  "parallel-lines": writeParallelLines,
  "small-talk": writeSmallTalk,
  "copy-names": writeCopyNames,
};

const [name = "", folder] = process.argv.slice(2);
const write = writers[name];
if (write) {
  const target = folder ?? fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
  const { train, dev, test } = await write(target);
  console.log(`${target}: ${train.count} pairs to train on, ${dev.count} for dev, ${test.count} to test`);
} else {
  const names = Object.keys(writers).join(", ");
  console.error(`make: expected one of ${names}, got "${name}". Name the example whose data to make.`);
  process.exitCode = 2;
}
