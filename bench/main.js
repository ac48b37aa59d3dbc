// npm run bench [-- SUITE] [options]; see README.md beside this.
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { nearest } from "../dist/recipe/nearest.js";
import { machine, machineLine } from "./report.js";

/** A wrong argument: one sentence, exit code 2. */
class UsageError extends Error {}

const COMMON = ["json", "threads"];

/** Each suite with the options it takes and where it is; loaded when asked for. */
const SUITES = {
  gemm: { options: [...COMMON, "rounds"], run: async (options) => (await import("./suites/gemm.js")).gemm(options) },
  layer: {
    options: [...COMMON, "rounds"],
    run: async (options) => (await import("./suites/layer.js")).layers(options),
  },
  "train-step": {
    options: [...COMMON, "rounds"],
    run: async (options) => (await import("./suites/train-step.js")).trainSteps(options),
  },
  decode: {
    options: [...COMMON, "rounds"],
    run: async (options) => (await import("./suites/decode.js")).decoding(options),
  },
  startup: {
    options: ["json", "rounds"],
    run: async (options) => (await import("./suites/startup.js")).startup(options),
  },
  scaling: {
    options: [...COMMON, "rounds", "backend"],
    run: async (options) => (await import("./suites/scaling.js")).scaling(options),
  },
  limits: {
    options: [...COMMON, "rounds"],
    run: async (options) => (await import("./suites/limits.js")).machineLimits(options),
  },
  int8: {
    options: [...COMMON, "rounds", "backend"],
    run: async (options) => (await import("./suites/int8.js")).int8Weights(options),
  },
  serve: {
    options: [...COMMON, "rounds", "backend"],
    run: async (options) => (await import("./suites/serve.js")).serving(options),
  },
  against: {
    options: [...COMMON, "pairs", "backend"],
    revision: true,
    run: async (options) => (await import("./suites/against.js")).against(options),
  },
};

const OVERVIEW = {
  options: [...COMMON, "rounds"],
  run: async (options) => ({
    gemm: await SUITES.gemm.run(options),
    "train-step": await (await import("./suites/train-step.js")).referenceStep(options),
  }),
};

function oneOf(what, given, known) {
  if (known.includes(given)) return given;
  const meant = nearest(given, known);
  const advice = meant ? ` Did you mean "${meant}"?` : "";
  throw new UsageError(`${what}: expected one of ${known.join(", ")}, got "${given}".${advice}`);
}

function wholeNumber(name, text, least) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`--${name}: expected a whole number of at least ${least}, got "${text}".`);
  return value;
}

/** Told before minutes of measuring, not after. */
function checkWritable(file) {
  try {
    writeFileSync(file, "");
  } catch (error) {
    throw new UsageError(`--json: expected a file that can be written, got "${file}" (${error.code}).`);
  }
}

const OPTION_NAMES = ["rounds", "threads", "backend", "pairs", "json"];

function readArguments(args) {
  const { tokens } = parseArgs({
    args,
    tokens: true,
    strict: false,
    allowPositionals: true,
    options: Object.fromEntries(OPTION_NAMES.map((name) => [name, { type: "string" }])),
  });
  const options = tokens.filter(({ kind }) => kind === "option");
  // A slip in an option is told before what seems to follow from it.
  const known = OPTION_NAMES.map((name) => `--${name}`);
  for (const { rawName } of options) oneOf("option", rawName, known);
  const positionals = tokens.filter(({ kind }) => kind === "positional").map(({ value }) => value);
  const [name, ...rest] = positionals;
  const suite = name === undefined ? OVERVIEW : SUITES[oneOf("suite", name, Object.keys(SUITES))];
  const given = {};
  for (const token of options) {
    const option = oneOf(
      "option",
      token.rawName,
      suite.options.map((known) => `--${known}`),
    ).slice(2);
    if (token.value === undefined) throw new UsageError(`${token.rawName}: expected a value, got none.`);
    given[option] = token.value;
  }
  if (suite.revision && rest.length === 0)
    throw new UsageError(`${name}: expected a revision of git to compare with, as in "${name} HEAD~1", got none.`);
  const extra = rest[suite.revision ? 1 : 0];
  if (extra !== undefined) throw new UsageError(`${name ?? "bench"}: expected no further argument, got "${extra}".`);

  const cores = availableParallelism();
  const threads = given.threads?.split(",") ?? [...new Set([1, cores])];
  return {
    name: name ?? "overview",
    suite,
    json: given.json,
    options: {
      rounds: wholeNumber("rounds", given.rounds ?? "7", 1),
      pairs: wholeNumber("pairs", given.pairs ?? "30", 30),
      threads: threads.map((count) => wholeNumber("threads", count, 1)),
      backend: given.backend === undefined ? undefined : oneOf("--backend", given.backend, ["native", "wasm"]),
      revision: rest[0],
    },
  };
}

try {
  const { name, suite, json, options } = readArguments(process.argv.slice(2));
  if (json) checkWritable(json);
  const about = machine();
  console.log(machineLine(about));
  const result = await suite.run(options);
  if (json) writeFileSync(json, `${JSON.stringify({ suite: name, options, machine: about, result }, null, 2)}\n`);
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
