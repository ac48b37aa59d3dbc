// Makes the data of the examples that are generated: train.tsv, dev.tsv and test.tsv, beside the recipe or in a folder.
//   node build/examples/made-data/make.js parallel-lines [FOLDER]
import { fileURLToPath } from "node:url";
import { writeParallelLines } from "../parallel-lines/generate.js";
import type { Published } from "./files.js";

const writers: Readonly<Record<string, (folder: string) => Promise<Published>>> = {
  "parallel-lines": writeParallelLines,
};

const [name = "", folder] = process.argv.slice(2);
const write = writers[name];
if (write) {
  const beside = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
  const { train, dev, test } = await write(folder ?? beside);
  console.log(`${folder ?? beside}: ${train.count} pairs to train on, ${dev.count} for dev, ${test.count} to test`);
} else {
  console.error(
    `make: expected one of ${Object.keys(writers).join(", ")}, got "${name}". Name the example whose data to make.`,
  );
  process.exitCode = 2;
}
