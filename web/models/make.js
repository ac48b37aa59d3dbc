// Trains the models that the page opens with, from the project's own recipes and data, and writes them with weights of 8 bits
// beside this file, with models.json: what each is, how it was made, its score and some lines of its test data; beside them a whole test.
//   npm run models [-- NAME…] [--measure-only]      all, or some; about ten minutes on two cores
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { splits, writeDataOf } from "./data.js";
import { specs } from "./specs.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const listFile = join(here, "models.json");
/** Lines of the test that come with each model: sentences to try, and those that a sentence's code is compared with. */
const EXAMPLES = 60;
/** What all files together may have. */
const MOST_BYTES = 3_000_000;

function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/node/tandem.js"), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0) throw new Error(`tandem ${args.join(" ")}: exit code ${status}.\n${stderr}`);
  return stdout;
}

/** Evenly spread over the test, the lines of the showcase first. */
function chooseExamples(pairs, showcase) {
  const shown = showcase.map((source) => {
    const pair = pairs.find((each) => each.source === source);
    if (pair === undefined) throw new Error(`models: expected a showcase of lines of the test, got "${source}".`);
    return pair;
  });
  const step = Math.max(1, Math.floor(pairs.length / EXAMPLES));
  const spread = pairs.filter((_, i) => i % step === 0).slice(0, EXAMPLES);
  return [...new Set([...shown, ...spread])].slice(0, EXAMPLES);
}

async function make(name, folder, isTrained) {
  const { example, metric, set = {}, showcase, bringsTest, ...described } = specs[name];
  const data = join(folder, `${name}-data`);
  const test = await writeDataOf(name, data);
  const recipe = join(root, "examples", example, "recipe.yaml");
  const overrides = Object.entries(set).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  const file = `${name}.safetensors`;
  if (isTrained) {
    const files = splits.flatMap((split) => ["--set", `data.${split}=${join(data, `${split}.tsv`)}`]);
    run(["train", recipe, "--out", join(folder, name), ...overrides, ...files]);
    run(["quantize", join(folder, name), "--out", join(folder, file)]);
    copyFileSync(join(folder, file), join(here, file));
  }
  if (bringsTest) copyFileSync(join(data, "test.tsv"), join(here, `${name}.test.tsv`));
  const measured = run(["evaluate", join(here, file), join(data, "test.tsv"), "--metrics", metric, "--json"]);
  return {
    name,
    file: `models/${file}`,
    ...described,
    bytes: statSync(join(here, file)).size,
    command: ["tandem train", `examples/${example}/recipe.yaml`, ...overrides].join(" "),
    seed: parse(readFileSync(recipe, "utf8")).train.seed,
    score: { metric, value: JSON.parse(measured)[metric], lines: test.length },
    ...(bringsTest && { test: `models/${name}.test.tsv` }),
    examples: chooseExamples(test, showcase),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "measure-only": { type: "boolean", default: false } },
});
for (const name of positionals)
  if (!(name in specs)) throw new Error(`models: expected some of ${Object.keys(specs).join(", ")}, got "${name}".`);
const folder = mkdtempSync(join(tmpdir(), "tandem-models-"));
const models = new Map(
  existsSync(listFile) ? JSON.parse(readFileSync(listFile, "utf8")).map((each) => [each.name, each]) : [],
);
try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(specs)) {
    const model = await make(name, folder, !values["measure-only"]);
    models.set(name, model);
    const inOrder = Object.keys(specs).flatMap((each) => models.get(each) ?? []);
    writeFileSync(listFile, `[\n${inOrder.map((each) => JSON.stringify(each)).join(",\n")}\n]\n`);
    console.log(
      `${name}: ${model.bytes} bytes, ${model.score.metric} ${model.score.value} on ${model.score.lines} lines`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const bytes = [...models.values()].reduce((sum, model) => sum + model.bytes, 0);
console.log(`${models.size} models, ${bytes} bytes`);
if (bytes > MOST_BYTES) throw new Error(`models: expected at most ${MOST_BYTES} bytes in all, got ${bytes}.`);
