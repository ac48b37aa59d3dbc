// From import to the first translation, and the command from its start to its end, each time in a fresh process.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { madeUpLines, writeModel } from "../decode-model.js";
import { mebibytes, number, range, table } from "../report.js";
import { median } from "../statistics.js";

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** About ten megabytes of numbers. */
const MODEL = { hidden: 96, vocabulary: 8000 };
/** Milliseconds that must not be exceeded. */
const LIMITS = { library: 150, command: 400 };

function run(args, input) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: "utf8" });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${args[0]}: expected exit code 0, got ${status}. ${stderr}`);
  return { ms, stdout };
}

/** @param {{ rounds: number }} options */
export async function startup({ rounds }) {
  const folder = mkdtempSync(join(tmpdir(), "tandem-startup-"));
  try {
    const file = join(folder, "model.safetensors");
    const words = await writeModel({ ...MODEL, file });
    const [line] = madeUpLines(1, words).lines;
    const ways = {
      library: () => JSON.parse(run([pathOf("../startup-child.js"), file, line]).stdout),
      command: () => ({ total: run([pathOf("../../dist/node/tandem.js"), "predict", file], `${line}\n`).ms }),
      "node alone": () => ({ total: run(["--eval", "0"]).ms }),
    };
    const taken = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
    // One of each first, which brings the files into the system's memory.
    for (let round = -1; round < rounds; round++)
      for (const [name, way] of Object.entries(ways)) {
        const times = way();
        if (round >= 0) taken[name].push(times);
      }
    const of = (name, part) => taken[name].map((times) => times[part]);
    const row = (title, name, part) => {
      const ms = of(name, part);
      const limit = part === "total" ? LIMITS[name] : undefined;
      return [title, number(median(ms)), range(ms), limit === undefined ? "" : `< ${limit}`];
    };
    console.log(
      `\nStarting with a model of ${mebibytes(statSync(file).size)} MiB, ${rounds} fresh processes each, milliseconds\n`,
    );
    console.log(
      table(
        ["", "median ms", "min–max", "wanted"],
        [
          row("from import to the first translation", "library", "total"),
          row("  the import", "library", "import"),
          row("  opening the model", "library", "load"),
          row("  the first translation", "library", "first"),
          row("tandem predict, one line, process start included", "command", "total"),
          row("  Node.js alone", "node alone", "total"),
        ],
      ),
    );
    return { taken, limits: LIMITS };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
